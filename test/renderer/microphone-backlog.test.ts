import { expect, test } from "vitest";
import { MicrophoneBacklog } from "../../src-renderer/microphone/microphone-backlog.ts";

const QUIET_RATIO = 0.003;

test("a clock that trembles and drifts loses no time", () => {
  const backlog = new MicrophoneBacklog();
  for (let look = 0; look < 2_000; look++) {
    backlog.observe(1_700_000_000_000 + look * 0.02 + (look % 3) * 4 + (look % 50 === 0 ? 80 : 0));
    expect(backlog.takeDue(QUIET_RATIO)).toBe(false);
  }
});

test("after time was lost it is due once, as soon as nobody speaks", () => {
  const backlog = looked(10, 0);
  expect(isDueWithin(backlog, 10, QUIET_RATIO)).toBe(false);
  expect(isDueWithin(backlog, 1, 0.2)).toBe(false);
  for (let look = 0; look < 2; look++) backlog.observe(60);
  expect(isDueWithin(backlog, 20, 0.2)).toBe(false);
  expect(isDueWithin(backlog, 4, QUIET_RATIO)).toBe(false);
  expect(isDueWithin(backlog, 1, 0.2)).toBe(false);
  expect(isDueWithin(backlog, 5, QUIET_RATIO)).toBe(true);
  for (let look = 0; look < 10; look++) backlog.observe(60);
  expect(backlog.takeDue(QUIET_RATIO)).toBe(false);
  for (let look = 0; look < 2; look++) backlog.observe(95);
  expect(isDueWithin(backlog, 5, QUIET_RATIO)).toBe(true);
});

test("a clock that steps back is the new measure", () => {
  const backlog = looked(10, 500);
  backlog.observe(100);
  for (let look = 0; look < 2; look++) backlog.observe(140);
  expect(isDueWithin(backlog, 5, QUIET_RATIO)).toBe(true);
});

function isDueWithin(backlog: MicrophoneBacklog, levels: number, levelRatio: number): boolean {
  return Array.from({ length: levels }, () => backlog.takeDue(levelRatio)).includes(true);
}

function looked(looks: number, originMs: number): MicrophoneBacklog {
  const backlog = new MicrophoneBacklog();
  for (let look = 0; look < looks; look++) backlog.observe(originMs);
  return backlog;
}
