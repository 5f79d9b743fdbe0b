import { expect, test } from "vitest";
import { ask, RUNNING } from "./ask-skills.ts";

/** What was said on a Saturday afternoon while an alarm is set for the next morning, what is answered, and what the effect does. */
const ROWS: readonly (readonly [request: string, say: string, does?: string])[] = [
  ["Remind me at five.", "I will remind you at 5 PM.", "reminder 21 17:00"],
  ["Set a reminder for tomorrow at ten.", "I will remind you at 10 AM tomorrow.", "reminder 22 10:00"],
  ["Add a reminder to call mom at eight.", "I will remind you at 8 PM.", "reminder call mom 21 20:00"],
  ["Create a new reminder for the meeting.", "When shall I remind you?"],
  ["Remind me about the meeting at three.", "I will remind you at 3 PM tomorrow.", "reminder the meeting 22 15:00"],
  ["Remind me about the meeting at 3 a.m.", "I will remind you at 3 AM tomorrow.", "reminder the meeting 22 03:00"],
  ["Remind me to read every chapter at nine.", "I will remind you at 9 PM.", "reminder read every chapter 21 21:00"],
  [
    "Remind me to call the dentist next Tuesday at 2.",
    "I will remind you at 2 PM on Tuesday.",
    "reminder call the dentist 24 14:00",
  ],
  ["Remind me to call mom Friday at 8 pm.", "I will remind you at 8 PM on Friday.", "reminder call mom 27 20:00"],
  [
    "Remind me to call mom the day after tomorrow at nine.",
    "I will remind you at 9 AM on Monday.",
    "reminder call mom 23 09:00",
  ],
  ["Remind me to call mom today at nine.", "I will remind you at 9 PM.", "reminder call mom 21 21:00"],
  [
    "Remind me to read the Friday news at nine.",
    "I will remind you at 9 PM.",
    "reminder read the friday news 21 21:00",
  ],
  ["Remind me at ten to six to leave.", "I will remind you at 5:50 PM.", "reminder leave 21 17:50"],
  ["Remind me at six to prepare for Monday.", "I will remind you at 6 PM.", "reminder prepare for monday 21 18:00"],
  ["Remind me at 6 to go to work.", "I will remind you at 6 PM.", "reminder go to work 21 18:00"],
  ["Remind me of the meeting at 5 pm.", "I will remind you at 5 PM.", "reminder the meeting 21 17:00"],
  ["Add a reminder to call mom.", "When shall I remind you?"],
  ["Add a reminder to call mom tomorrow at five.", "I will remind you at 5 PM tomorrow.", "reminder call mom 22 17:00"],
  ["Create a reminder for 5 pm.", "I will remind you at 5 PM.", "reminder 21 17:00"],
  ["Set a reminder.", "When shall I remind you?"],
  ["Set a reminder in an hour to call mom.", "I will remind you in 1 hour.", "reminder call mom 3600 s"],
  ["Add a reminder to call mom in an hour.", "I will remind you in 1 hour.", "reminder call mom 3600 s"],
  ["Remind me in an hour.", "I will remind you in 1 hour. What about?", "reminder 3600 s"],
  ["Remind me tomorrow.", "At what time?"],
  ["Remind me to drink water every hour.", "I can set that for one time only, not again and again."],
  ["Set an alarm every day at seven.", "I can set that for one time only, not again and again."],
  ["Wake me up every weekday at six.", "I can set that for one time only, not again and again."],
  ["When is my alarm?", "Your alarm is set for 6:30 AM tomorrow."],
  ["When is my next alarm?", "Your alarm is set for 6:30 AM tomorrow."],
  ["When is the pasta timer?", "Your pasta timer has 5 minutes left."],
  ["Cancel tomorrow's alarm.", "Your alarm is cancelled.", "-alarm 22 06:30"],
  ["Turn off my alarm for tomorrow.", "Your alarm is cancelled.", "-alarm 22 06:30"],
  ["Cancel the alarm for tomorrow morning.", "Your alarm is cancelled.", "-alarm 22 06:30"],
  ["Cancel Monday's alarm.", "There is no such alarm. Your alarm is set for 6:30 AM tomorrow."],
];

for (const [request, say, does = ""] of ROWS) {
  test(`"${request}"`, async () => {
    const asked = await ask(request, { timers: RUNNING });
    expect({ say: asked.say, does: asked.does, rest: asked.rest }).toEqual({ say, does, rest: "" });
  });
}

test.each([
  ["Remind me to call mom tomorrow.", "At nine.", "reminder call mom 22 09:00"],
  ["Remind me tomorrow to call mom.", "Eight in the evening.", "reminder call mom 22 20:00"],
  ["Remind me to call mom tonight.", "Nine.", "reminder call mom 21 21:00"],
  ["Remind me in the morning to call mom.", "Half past seven.", "reminder call mom 22 07:30"],
  ["Remind me on Friday to call mom.", "At three.", "reminder call mom 27 15:00"],
])("%s At what time? %s", async (request, time, does) => {
  const asked = await ask(request);
  expect(asked).toMatchObject({ say: "At what time?", does: "" });
  expect((await ask(time, { followUps: asked.followUps })).does).toBe(does);
});

test.each(["pay rent on the fifteenth at 3 pm", "call mom two days from now at nine"])(
  "a reminder to %s does not lose its day",
  async (task) => {
    expect((await ask(`Remind me to ${task}.`)).does).toBe("");
  },
);

test("at night, a time that is soon may be meant in the night", async () => {
  const now = new Date(2026, 10, 21, 23, 30);
  expect((await ask("Remind me to sleep at one.", { now })).does).toBe("reminder sleep 22 01:00");
  expect((await ask("Remind me to get up at six.", { now })).does).toBe("reminder get up 22 06:00");
});

test("after midnight, tonight is the night that began the day before", async () => {
  const now = new Date(2026, 10, 22, 0, 30);
  expect((await ask("Set an alarm for two tonight.", { now })).does).toBe("alarm 22 02:00");
  expect((await ask("Set an alarm for two at night.", { now })).does).toBe("alarm 22 02:00");
  expect((await ask("Set an alarm for eleven tonight.", { now })).does).toBe("alarm 22 23:00");
});

test.each([
  ["To call mom.", "Your reminder to call mom is set for 4:25 PM.", "reminder call mom 3600 s, -reminder 3600 s"],
  ["Call mom.", "Your reminder to call mom is set for 4:25 PM.", "reminder call mom 3600 s, -reminder 3600 s"],
  [
    "My laundry.",
    "Your reminder about the laundry is set for 4:25 PM.",
    "reminder the laundry 3600 s, -reminder 3600 s",
  ],
  ["Nothing.", "", ""],
  ["What time is it?", "It is 3:25 PM.", ""],
])("Remind me in an hour. What about? %s", async (reply, say, does) => {
  const { followUps } = await ask("Remind me in an hour.");
  const dueAtMs = new Date(2026, 10, 21, 16, 25).getTime();
  const timers = [{ kind: "reminder", label: "", dueAtMs, lengthMs: 3_600_000 }] as const;
  expect(await ask(reply, { timers, followUps })).toMatchObject({ say, does });
});

test("a reminder may be told its task first and its time then", async () => {
  const first = await ask("Set a reminder.");
  const second = await ask("To call mom.", { followUps: first.followUps });
  expect(second).toMatchObject({ say: "When shall I remind you?", does: "" });
  expect((await ask("At five.", { followUps: second.followUps })).does).toBe("reminder call mom 21 17:00");
});
