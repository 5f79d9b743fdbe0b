import { expect, test } from "vitest";
import type { Timer } from "../../../src-main/respond/timer-store.ts";
import { ask, NOW, RUNNING } from "./ask-skills.ts";

const MINUTE_MS = 60_000;
const TWO_ALARMS: readonly Omit<Timer, "id">[] = [7, 8].map((hour) => ({
  kind: "alarm",
  label: "",
  dueAtMs: new Date(2026, 10, 22, hour).getTime(),
  lengthMs: 0,
}));
const TWO_EQUAL_TIMERS: readonly Omit<Timer, "id">[] = [2, 7].map((leftMinutes) => ({
  kind: "timer",
  label: "",
  dueAtMs: NOW.getTime() + leftMinutes * MINUTE_MS,
  lengthMs: 10 * MINUTE_MS,
}));

test.each([
  ["reset the pasta timer", "Your pasta timer has 10 minutes left.", "timer pasta 600 s, -timer pasta 300 s"],
  ["restart the two minute timer", "Your 2 minute timer has 2 minutes left.", "timer 120 s, -timer 90 s"],
  ["start the pasta timer over", "Your pasta timer has 10 minutes left.", "timer pasta 600 s, -timer pasta 300 s"],
  ["reset the timer", "Which one, the 2 minute timer or the pasta timer?", ""],
  [
    "set the pasta timer to 15 minutes",
    "Your pasta timer has 15 minutes left.",
    "timer pasta 900 s, -timer pasta 300 s",
  ],
  [
    "change the pasta timer to fifteen minutes",
    "Your pasta timer has 15 minutes left.",
    "timer pasta 900 s, -timer pasta 300 s",
  ],
  [
    "take two minutes off the pasta timer",
    "Your pasta timer has 3 minutes left.",
    "timer pasta 180 s, -timer pasta 300 s",
  ],
  ["take ten minutes off the pasta timer", "Your pasta timer has 5 minutes left.", ""],
  ["reset my alarm to 7", "Your alarm is set for 7 AM tomorrow.", "alarm 22 07:00, -alarm 22 06:30"],
  ["change my alarm to 8 pm", "Your alarm is set for 8 PM tomorrow.", "alarm 22 20:00, -alarm 22 06:30"],
  ["move the alarm from 6:30 to 7", "Your alarm is set for 7 AM tomorrow.", "alarm 22 07:00, -alarm 22 06:30"],
  ["move the six thirty alarm to 7", "Your alarm is set for 7 AM tomorrow.", "alarm 22 07:00, -alarm 22 06:30"],
  ["move my alarm to monday at 9", "Your alarm is set for 9 AM on Monday.", "alarm 23 09:00, -alarm 22 06:30"],
  ["push my alarm back by ten minutes", "Your alarm is set for 6:40 AM tomorrow.", "alarm 22 06:40, -alarm 22 06:30"],
  ["snooze", "Your alarm is set for 3:35 PM.", "alarm 21 15:35"],
  ["snooze for five minutes", "Your alarm is set for 3:30 PM.", "alarm 21 15:30"],
  ["pause the pasta timer", "I can not pause a timer. Your pasta timer has 5 minutes left.", ""],
  ["cancel every timer but pasta", "Your 2 minute timer is cancelled.", "-timer 90 s"],
  ["cancel all timers except the pasta timer", "Your 2 minute timer is cancelled.", "-timer 90 s"],
  ["cancel the first timer", "Your 2 minute timer is cancelled.", "-timer 90 s"],
  ["cancel the second timer", "Your pasta timer is cancelled.", "-timer pasta 300 s"],
  ["cancel the timer and the alarm", "Which one, the 2 minute timer or the pasta timer?", ""],
  ["set the timer to five minutes", "Your timer is set for 5 minutes.", "timer 300 s"],
])("with three running, %o", async (request, say, does) => {
  expect(await ask(request, { timers: RUNNING })).toMatchObject({ say, does });
});

test.each(["reset my alarm to 7", "move my alarm to seven", "change my alarm to 8 am"])(
  "with none running, %o changes nothing",
  async (request) => {
    expect(await ask(request)).toMatchObject({ say: "There is no alarm running.", does: "" });
  },
);

test("a timer and an alarm are cancelled together", async () => {
  const asked = await ask("cancel the timer and the alarm", { timers: RUNNING.slice(1) });
  expect(asked).toMatchObject({ say: "Both are cancelled.", does: "-timer pasta 300 s, -alarm 22 06:30" });
});

test("which of two alarms is meant is asked and understood by the time, the place, or both at once", async () => {
  const question = await ask("cancel my alarm", { timers: TWO_ALARMS });
  expect(question.say).toBe("Which one, the alarm for 7 AM tomorrow or the alarm for 8 AM tomorrow?");
  const answers = await does(TWO_ALARMS, question.followUps, [
    "seven",
    "the eight am one",
    "the one at eight",
    "the alarm for seven o'clock",
    "the first one",
    "the last",
    "both",
    "no",
  ]);
  const [seven, eight] = ["-alarm 22 07:00", "-alarm 22 08:00"];
  expect(answers).toEqual([seven, eight, eight, seven, seven, eight, `${seven}, ${eight}`, ""]);
});

test("which of two equal timers is meant is asked and understood by what is left of it, or asked again", async () => {
  const timers = TWO_EQUAL_TIMERS;
  const question = await ask("cancel the timer", { timers });
  const say = "Which one, the 10 minute timer with 2 minutes left or the 10 minute timer with 7 minutes left?";
  expect(question.say).toBe(say);
  const answers = await does(timers, question.followUps, ["the one with two minutes left", "the second one"]);
  expect(answers).toEqual(["-timer 120 s", "-timer 420 s"]);
  expect(await ask("the ten minute one", { timers, followUps: question.followUps })).toMatchObject({ say, does: "" });
});

test.each([
  ["set an alarm for tomorrow", "seven", "alarm 22 07:00"],
  ["set an alarm for monday", "half past six", "alarm 23 06:30"],
  ["set a work alarm for tomorrow evening", "seven", "alarm work 22 19:00"],
  ["wake me up tomorrow", "at 7", "alarm 22 07:00"],
  ["wake me up on monday morning", "seven thirty", "alarm 23 07:30"],
  ["set an alarm for tomorrow", "seven on tuesday", "alarm 24 07:00"],
  ["set an alarm for 30", "six thirty am", "alarm 22 06:30"],
])("%o, and the time is asked for: %o", async (request, time, done) => {
  const { say, followUps } = await ask(request);
  expect(say).toBe("For what time?");
  expect(await ask(time, { followUps })).toMatchObject({ does: done });
});

test.each([
  ["set an alarm for 12 at night", "Your alarm is set for midnight tonight.", "alarm 22 00:00"],
  ["set an alarm for midnight tonight", "Your alarm is set for midnight tonight.", "alarm 22 00:00"],
  ["set an alarm for midnight tomorrow", "Your alarm is set for midnight tomorrow night.", "alarm 23 00:00"],
  ["set an alarm for midnight on friday", "Your alarm is set for midnight at the end of Friday.", "alarm 28 00:00"],
  ["set an alarm for one at night", "Your alarm is set for 1 AM tomorrow.", "alarm 22 01:00"],
  ["set an alarm for one tomorrow night", "Your alarm is set for 1 AM on Monday.", "alarm 23 01:00"],
  ["set an alarm for 11 at night", "Your alarm is set for 11 PM.", "alarm 21 23:00"],
  ["set an alarm for november 21 at 6 pm", "Your alarm is set for 6 PM.", "alarm 21 18:00"],
  ["set an alarm for 7 on november 25", "Your alarm is set for 7 AM on Wednesday.", "alarm 25 07:00"],
  ["set an alarm for saturday at 7", "Your alarm is set for 7 AM on Saturday, November 28.", "alarm 28 07:00"],
])("%o", async (request, say, done) => {
  expect(await ask(request)).toMatchObject({ say, does: done });
});

test.each([
  ["what day is november 21", "That is Saturday, November 21."],
  ["how many days until november 21", "That is today."],
  ["what day is saturday", "That is Saturday, November 28."],
  ["what day was saturday", "That was Saturday, November 14."],
  ["what day is the 15th", "That is Tuesday, December 15."],
  ["what day was the 15th", "That was Sunday, November 15."],
  ["when is the 31st", "That is Thursday, December 31."],
])("%o", async (request, say) => {
  expect(await ask(request)).toMatchObject({ say, rest: "" });
});

test("a month ends where it does", async () => {
  const now = new Date(2026, 0, 31, 15, 25);
  for (const text of ["what day is it in one month", "what is the date a month from now"])
    expect(await ask(text, { now })).toMatchObject({ say: "That is Saturday, February 28." });
  expect(await ask("what day is it in one month")).toMatchObject({ say: "That is Monday, December 21." });
});

/** What each answer to a question does. */
function does(
  timers: readonly Omit<Timer, "id">[],
  followUps: Awaited<ReturnType<typeof ask>>["followUps"],
  answers: readonly string[],
): Promise<string[]> {
  return Promise.all(answers.map(async (answer) => (await ask(answer, { timers, followUps })).does));
}
