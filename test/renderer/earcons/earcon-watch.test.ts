import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EarconWatch, THINKING_AFTER_MS } from "../../../src-renderer/earcons/earcon-watch.ts";
import type { AssistantState } from "../../../src-shared/turn-view.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function played(states: readonly (readonly [state: AssistantState, forMs: number])[], talkKeyHeld = false): string[] {
  const sounds: string[] = [];
  const watch = new EarconWatch((earcon) => sounds.push(earcon));
  for (const [state, forMs] of states) {
    watch.notice({ state, talkKeyHeld });
    vi.advanceTimersByTime(forMs / 2);
    watch.notice({ state, talkKeyHeld });
    vi.advanceTimersByTime(forMs / 2);
  }
  return sounds;
}

test("called by the wake phrase alone, it says by a sound that it listens", () => {
  expect(
    played([
      ["asleep", 100],
      ["deciding", 500],
      ["listening", 1_000],
    ]),
  ).toEqual(["listening"]);
});

test("the talk key is answered by a sound, from every state", () => {
  expect(
    played([
      ["ready", 100],
      ["hearing", 900],
    ]),
  ).toEqual(["listening"]);
  expect(
    played(
      [
        ["speaking", 100],
        ["hearing", 900],
      ],
      true,
    ),
  ).toEqual(["listening"]);
});

test("plain speech, and the ear that stays open after a reply, make no sound", () => {
  const states = ["listening", "hearing", "deciding", "hearing", "deciding", "speaking", "listening"] as const;
  expect(played(states.map((state) => [state, 1_000]))).toEqual([]);
});

test("an answer that takes long is bridged by one sound, a quick one is not", () => {
  expect(
    played([
      ["hearing", 900],
      ["responding", THINKING_AFTER_MS - 2],
      ["speaking", 900],
    ]),
  ).toEqual([]);
  expect(
    played([
      ["hearing", 900],
      ["responding", 4_000],
      ["speaking", 900],
    ]),
  ).toEqual(["thinking"]);
});
