import { expect, test } from "vitest";
import { deadlineOf } from "../../src-main/turn/machine.ts";
import { LONG_HABIT_MS, longestSilenceMs } from "../../src-main/turn/patience.ts";
import { Conversation } from "./machine-conversation.ts";

test("who pauses shortly inside turns is not waited for so long where the end is in doubt, until a long pause", () => {
  const talk = new Conversation();
  let nowMs = 1_000;
  const pause = (pauseMs: number): void => {
    talk.pauseSpeech(nowMs);
    talk.tell(nowMs + pauseMs + 100, { kind: "speech-resumed", atMs: nowMs + pauseMs });
    nowMs += 3_000;
  };
  const waitMs = (): number => {
    talk.pauseSpeech(nowMs);
    talk.transcribe(nowMs + 70, "and then we went", 0.3);
    const deadlineMs = deadlineOf(talk.state) as number;
    talk.tell(nowMs + 100, { kind: "speech-resumed", atMs: nowMs + 90 });
    nowMs += 3_000;
    return deadlineMs - (nowMs - 3_000);
  };
  talk.startSpeech(0);
  const waits = [waitMs()];
  for (let count = 0; count < 10; count++) pause(400);
  waits.push(waitMs());
  for (let count = 0; count < 100; count++) pause(400);
  waits.push(waitMs());
  pause(1_300);
  waits.push(waitMs());
  const longestMs = longestSilenceMs("balanced");
  expect(waits).toEqual([longestMs, expect.closeTo(0.8 * longestMs, -2), 0.5 * longestMs, longestMs]);
});

test("who speaks in one go is not waited for so long either, until cut off", () => {
  const talk = new Conversation();
  const habits = Array.from({ length: 3 }, () => {
    talk.startSpeech(1_000);
    talk.pauseSpeech(1_500);
    talk.tell(1_800, { kind: "speech-resumed", atMs: 1_700 });
    talk.pauseSpeech(2_000);
    talk.transcribe(2_080, "What time is it?");
    talk.wait();
    talk.tell(2_200, { kind: "reply-begun", key: talk.key });
    talk.tell(2_300, { kind: "audio-started", key: talk.key });
    talk.finish(3_000);
    return talk.state.habitMs;
  });
  expect(habits).toEqual([972, expect.closeTo(945.12), expect.closeTo(919.32)]);
  talk.ask();
  expect(talk.startSpeech(2_200)).toBe("normal reopen");
  expect(talk.state.habitMs).toBe(LONG_HABIT_MS);
});

test("a turn with a pause tells of that pause alone, and one that a key ends of none", () => {
  const talk = new Conversation();
  talk.state = { ...talk.state, habitMs: 600 };
  talk.startSpeech(0);
  talk.pauseSpeech(1_000);
  talk.tell(1_600, { kind: "speech-resumed", atMs: 1_500 });
  const { habitMs } = talk.state;
  expect(habitMs).toBe(596);
  talk.pauseSpeech(2_000);
  talk.transcribe(2_080, "What time is it?");
  talk.wait();
  expect(talk.state.habitMs).toBe(habitMs);
  const byKey = new Conversation();
  byKey.tell(1_000, { kind: "talk-key", pressed: true });
  byKey.tell(2_000, { kind: "talk-key", pressed: false });
  byKey.transcribe(2_080, "What time is it?");
  expect(byKey.is).toBe("responding final");
  expect(byKey.state.habitMs).toBe(LONG_HABIT_MS);
});

test("a short pause is no habit", () => {
  const talk = new Conversation();
  talk.startSpeech(0);
  talk.pauseSpeech(1000);
  talk.tell(1200, { kind: "speech-resumed", atMs: 1150 });
  expect(talk.state.habitMs).toBe(LONG_HABIT_MS);
});

test("pauses in talk that is not known to be meant for the assistant are no habit", () => {
  const talk = new Conversation({ mode: "wake-phrase" });
  talk.state = { ...talk.state, habitMs: 600 };
  talk.startSpeech(0);
  talk.pauseSpeech(1_000);
  talk.tell(2_000, { kind: "speech-resumed", atMs: 1_900 });
  expect(talk.is).toBe("hearing unaddressed");
  expect(talk.state.habitMs).toBe(600);
});
