import { expect, test } from "vitest";
import type { MicrophoneStatus } from "../../../src-renderer/microphone/microphone.ts";
import { levelShare } from "../../../src-renderer/status/level-meter.tsx";
import { hintFor, partialTranscript, shownState } from "../../../src-renderer/status/shown-state.ts";
import { formatLeft } from "../../../src-renderer/status/timers.tsx";
import { INITIAL_WINDOW, type WindowState } from "../../../src-renderer/window-state.ts";
import type { AssistantState } from "../../../src-shared/turn-view.ts";
import { settingsSchema } from "../../../src-shared/settings.ts";
import { turnView } from "../snapshots.ts";

function windowIn(state: AssistantState, microphone: MicrophoneStatus, connected = true): WindowState {
  return {
    ...INITIAL_WINDOW,
    connected,
    snapshot: { ...INITIAL_WINDOW.snapshot, state },
    microphone: { ...INITIAL_WINDOW.microphone, status: microphone },
  };
}

test("it claims to listen only while it can hear", () => {
  expect(shownState(windowIn("listening", "live"))).toBe("listening");
  expect(shownState(windowIn("listening", "unasked"))).toBe("waiting");
  expect(shownState(windowIn("listening", "opening"))).toBe("waiting");
  for (const state of ["hearing", "ready", "asleep"] as const) {
    expect(shownState(windowIn(state, "unasked"))).toBe("waiting");
    expect(shownState(windowIn(state, "live"))).toBe(state);
  }
  expect(shownState(windowIn("speaking", "unasked"))).toBe("speaking");
  expect(shownState(windowIn("listening", "live", false))).toBe("reconnecting");
});

test("it offers to be interrupted by talking only while that is possible", () => {
  const speaking = windowIn("speaking", "live");
  expect(hintFor(speaking)).toBe("Talk to interrupt, or press Esc.");
  expect(hintFor(windowIn("speaking", "off"))).toBe("Press Esc to stop.");
  expect(hintFor(windowIn("muted", "off"))).toContain("Press M");
  const stopOnly = "Say “stop”, or press Esc.";
  expect(hintFor({ ...speaking, snapshot: { ...speaking.snapshot, duplex: "half" } })).toBe(stopOnly);
  expect(hintFor({ ...speaking, snapshot: { ...speaking.snapshot, duplex: "guarded" } })).toContain("Talk");
  expect(hintFor({ ...speaking, settings: settingsSchema.parse({ mode: "push-to-talk" }) })).toBe(stopOnly);
});

test("asleep it says by which words it can be woken, and hearing by key when it stops", () => {
  const settings = settingsSchema.parse({ mode: "wake-phrase", wakePhrase: "hello there" });
  expect(hintFor({ ...windowIn("asleep", "live"), settings })).toContain("“hello there”");
  expect(hintFor({ ...windowIn("speaking", "live"), settings })).toContain("“hello there”");
  expect(hintFor({ ...windowIn("hearing", "live"), talkKeyHeld: true })).toBe("Let go when you are done.");
});

test("what is being said is the transcript of the newest spoken turn, while the user has the floor", () => {
  const turns = [turnView(), turnView({ turnId: 2, transcript: "Set a" })];
  for (const [state, shown] of [
    ["hearing", "Set a"],
    ["deciding", "Set a"],
    ["responding", ""],
    ["listening", ""],
  ] as const) {
    expect(partialTranscript({ snapshot: { ...INITIAL_WINDOW.snapshot, state, turns } })).toBe(shown);
  }
  const typed = [turnView({ origin: "typed" })];
  expect(partialTranscript({ snapshot: { ...INITIAL_WINDOW.snapshot, state: "deciding", turns: typed } })).toBe("");
});

test("the meter is empty at -60 dB and below, half full at -30 dB, full at 0 dB and above", () => {
  expect([0, 0.0001, 0.001].map(levelShare)).toEqual([0, 0, 0]);
  expect(levelShare(10 ** (-30 / 20))).toBeCloseTo(0.5, 6);
  expect([1, 4].map(levelShare)).toEqual([1, 1]);
});

test("the time that is left is rounded up to whole seconds and never negative", () => {
  expect([0, -5_000, 1, 1_000, 59_001, 65_000, 3_600_000, 3_909_000].map(formatLeft)).toEqual([
    "0:00",
    "0:00",
    "0:01",
    "0:01",
    "1:00",
    "1:05",
    "1:00:00",
    "1:05:09",
  ]);
});
