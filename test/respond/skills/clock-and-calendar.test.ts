import { expect, test } from "vitest";
import { ask } from "./ask-skills.ts";

/** What was said, what is answered, and what the effect does. A part that no skill understood is in angle brackets. */
type Row = readonly [request: string, say: string, does?: string];

const ON_A_SATURDAY_AFTERNOON: readonly Row[] = [
  ["What time is it?", "It is 3:25 PM."],
  ["What's the time?", "It is 3:25 PM."],
  ["What's the thyme?", "It is 3:25 PM."],
  ["What is the time now?", "It is 3:25 PM."],
  ["Could you tell me what time it is please?", "It is 3:25 PM."],
  ["Do you have the time?", "It is 3:25 PM."],
  ["what's the date today?", "Today is Saturday, November 21."],
  ["What day is it?", "Today is Saturday."],
  ["what day was the fourth of july", "That was Saturday, July 4."],
  ["how many days until christmas", "34 days, until Friday, December 25."],
  ["what time is it and what's the date", "It is 3:25 PM. Today is Saturday, November 21."],
  ["Hello, what time is it?", "It is 3:25 PM."],
  ["what day is next friday", "That is Friday, November 27."],
  ["what day is tomorrow", "That is Sunday, November 22."],
  ["what's the date tomorrow", "That is Sunday, November 22."],
  ["what day is it tomorrow", "That is Sunday, November 22."],
  ["when is easter", "That is Sunday, March 28, 2027."],
  ["when is thanksgiving", "That is Thursday, November 26."],
  ["how many weeks until new year's", "5 weeks and 6 days, until Friday, January 1, 2027."],
  ["what day of the week was december 25th 1999", "That was Saturday, December 25, 1999."],
  ["what day is the third of march", "That is Wednesday, March 3, 2027."],
  ["how many days until the first of march", "100 days, until Monday, March 1, 2027."],
  ["what year is it", "It is November 2026."],
  ["what month is it", "It is November 2026."],
  ["is it monday today", "No, today is Saturday."],
  ["what time is it and where is my phone", "It is 3:25 PM. <where is my phone>"],
  ["time", "It is 3:25 PM."],
  ["What's the current time?", "It is 3:25 PM."],
  ["Tell me what time it is.", "It is 3:25 PM."],
  ["Have you got the time?", "It is 3:25 PM."],
  ["What time have you got?", "It is 3:25 PM."],
  ["how late is it", "It is 3:25 PM."],
  ["what hour is it", "It is 3:25 PM."],
  ["Excuse me, what time is it?", "It is 3:25 PM."],
  ["Hey Repartee, what time is it?", "It is 3:25 PM."],
  ["what time is it right now please", "It is 3:25 PM."],
  ["can you tell me the time", "It is 3:25 PM."],
  ["I'd like to know the time", "It is 3:25 PM."],
  ["I wonder what time it is", "It is 3:25 PM."],
  ["what's today", "Today is Saturday."],
  ["what is today's date please", "Today is Saturday, November 21."],
  ["what's the day today", "Today is Saturday."],
  ["which day is it", "Today is Saturday."],
  ["what day of the week is it today", "Today is Saturday."],
  ["tell me the date", "Today is Saturday, November 21."],
  ["what's the date on Monday", "That is Monday, November 23."],
  ["what date is it", "Today is Saturday, November 21."],
  ["what day is it the day after tomorrow", "That is Monday, November 23."],
  ["is it Saturday", "Yes, today is Saturday."],
  ["what day was yesterday", "That was Friday, November 20."],
  ["what was yesterday's date", "That was Friday, November 20."],
  ["when is Christmas", "That is Friday, December 25."],
  ["when is Halloween", "That is Sunday, October 31, 2027."],
  ["on what day is Christmas this year", "That is Friday, December 25."],
  ["what day does Christmas fall on", "That is Friday, December 25."],
  ["how many days till Halloween", "344 days, until Sunday, October 31, 2027."],
  ["how many days are there until new year", "41 days, until Friday, January 1, 2027."],
  ["how many sleeps till Christmas", "34 days, until Friday, December 25."],
  ["how long is it until Christmas", "34 days, until Friday, December 25."],
  ["how many days since the first of January", "324 days, since Thursday, January 1."],
  ["What's the time, and what day is it?", "It is 3:25 PM. Today is Saturday."],
  ["hello what time is it", "It is 3:25 PM."],
  ["what day was the day before yesterday", "That was Thursday, November 19."],
  ["what time is it please", "It is 3:25 PM."],
  ["tell me the time", "It is 3:25 PM."],
  ["what day is today", "Today is Saturday."],
  ["what's tomorrow's date", "That is Sunday, November 22."],
  ["So what's the time then?", "It is 3:25 PM."],
  ["Give me the time", "It is 3:25 PM."],
  ["What is the hour right now", "It is 3:25 PM."],
  ["Do you know the time?", "It is 3:25 PM."],
  ["may I know the time", "It is 3:25 PM."],
  ["what's the day", "Today is Saturday."],
  ["could you tell me today's date", "Today is Saturday, November 21."],
  ["What's the date for today", "Today is Saturday, November 21."],
  ["which day of the week is it today", "Today is Saturday."],
  ["what day are we today", "Today is Saturday."],
  ["what day will it be in three days", "That is Tuesday, November 24."],
  ["what's the date in two weeks", "That is Saturday, December 5."],
  ["what day is new year's day", "That is Friday, January 1, 2027."],
  ["what weekday is the 24th of december", "That is Thursday, December 24."],
  ["when is the next friday", "That is Friday, November 27."],
  ["how many days left until christmas", "34 days, until Friday, December 25."],
  ["how many days until December 31st", "40 days, until Thursday, December 31."],
  ["days until christmas", "34 days, until Friday, December 25."],
  ["how many months until christmas", "34 days, until Friday, December 25."],
  ["how long till new year", "41 days, until Friday, January 1, 2027."],
  ["how far away is christmas", "34 days, until Friday, December 25."],
  ["How many days in February?", "February 2027 has 28 days."],
  ["How many days are there in February 2028?", "February 2028 has 29 days."],
  ["How many days does April have?", "April 2027 has 30 days."],
  ["How many days are in this month?", "November 2026 has 30 days."],
  ["How many days are in a leap year?", "A leap year has 366 days."],
  ["What time will it be in three hours?", "It will be 6:25 PM."],
  ["What time will it be in ten hours?", "It will be 1:25 AM tomorrow."],
  ["How long until five p.m.?", "1 hour and 35 minutes, until 5 PM."],
  ["How many minutes until midnight?", "8 hours and 35 minutes, until midnight tonight."],
];

for (const [request, say, does = ""] of ON_A_SATURDAY_AFTERNOON) {
  test(`"${request}"`, async () => {
    const asked = await ask(request);
    expect(asked.rest === "" ? asked.say : `${asked.say} <${asked.rest}>`).toBe(say);
    expect(asked.does).toBe(does);
  });
}

test("tells the time elsewhere, with the day where it is another one", async () => {
  const now = new Date(Date.UTC(2026, 10, 21, 22, 5));
  const tokyo = await ask("what time is it in Tokyo", { now });
  expect(tokyo.say).toMatch(/^It is 7:05 AM( on Sunday)? in Tokyo\.$/);
  expect((await ask("what's the time in New York right now", { now })).say).toMatch(/^It is 5:05 PM.* in New York\.$/);
  expect((await ask("what time is it in my heart", { now })).say).toBeUndefined();
  expect((await ask("what time is it in the Netherlands", { now })).say).toMatch(
    /^It is 11:05 PM.* in the Netherlands\.$/,
  );
  expect((await ask("what time is it in South Africa", { now })).say).toMatch(/ in South Africa\.$/);
  expect((await ask("what time is it in the UK", { now })).say).toMatch(/^It is 10:05 PM.* in the UK\.$/);
  expect((await ask("what time is it in Canada", { now })).say).toBeUndefined();
});
