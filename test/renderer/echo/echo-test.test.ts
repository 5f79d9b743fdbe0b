import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EchoTest, type EchoTestStatus, type Surroundings } from "../../../src-renderer/echo/echo-test.ts";
import type { EchoRecording } from "../../../src-renderer/echo/measure-echo.ts";
import { CAPTURE_RATE_HZ } from "../../../src-shared/audio-format.ts";
import { succeeded } from "../../../src-shared/failure.ts";

const QUIET: Surroundings = {
  snapshot: { state: "listening" },
  connected: true,
  microphone: { status: "live", label: "Headset" },
  soundSuspended: false,
};
const LEAD_SAMPLES = 12_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What it asks the assistant for, what it shows, and how often it plays. The sound comes back 20 dB weaker, or not at all. */
function testWith({ hears = true } = {}) {
  const requests: (readonly [name: string, input: unknown])[] = [];
  const shown: EchoTestStatus[] = [];
  const played = { count: 0 };
  const record = async (sound: Float32Array): Promise<EchoRecording | undefined> => {
    played.count++;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    if (!hears) return undefined;
    const pcm = new Float32Array(LEAD_SAMPLES + sound.length + 14_000);
    sound.forEach((sample, index) => (pcm[LEAD_SAMPLES + 1_000 + index] = sample / 10));
    return { pcm, playedAtSample: LEAD_SAMPLES, rateHz: CAPTURE_RATE_HZ };
  };
  const request = (name: string, input: unknown) => {
    requests.push([name, input]);
    return Promise.resolve(succeeded(null as never));
  };
  const echo = new EchoTest({ record }, request, (status) => shown.push(status));
  echo.noticeOutput("Speakers");
  echo.notice(QUIET);
  requests.splice(0);
  return { echo, requests, shown, played };
}

test("a test pauses the conversation, plays once and reports what it measured for the output", async () => {
  const { echo, requests, shown } = testWith();
  echo.want();
  await vi.advanceTimersByTimeAsync(3_000);
  expect(shown).toEqual(["due", "running", "idle"]);
  expect(requests).toEqual([
    ["test-echo", { running: true }],
    ["test-echo", { running: false }],
    ["report-output", { label: "Speakers", echoReturnLossDb: 20 }],
  ]);
});

test("it waits until nobody has spoken for a second, and can be taken back until then", async () => {
  const { echo, played, shown } = testWith();
  echo.notice({ ...QUIET, snapshot: { state: "speaking" } });
  echo.want();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(played.count).toBe(0);
  echo.notice(QUIET);
  await vi.advanceTimersByTimeAsync(900);
  echo.notice({ ...QUIET, snapshot: { state: "hearing" } });
  echo.notice(QUIET);
  await vi.advanceTimersByTimeAsync(900);
  expect(played.count).toBe(0);
  echo.forgo();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(played.count).toBe(0);
  expect(shown.at(-1)).toBe("idle");
});

test("the first devices are no change; another microphone or output is", async () => {
  const { echo, played, requests } = testWith();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(played.count).toBe(0);
  echo.notice({ ...QUIET, microphone: { status: "opening", label: "Headset" } });
  echo.notice(QUIET);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(played.count).toBe(0);
  echo.notice({ ...QUIET, microphone: { status: "live", label: "Webcam" } });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(played.count).toBe(1);
  echo.noticeOutput("Headphones");
  await vi.advanceTimersByTimeAsync(5_000);
  expect(played.count).toBe(2);
  expect(requests.at(-1)).toEqual(["report-output", { label: "Headphones", echoReturnLossDb: 20 }]);
});

test("what happens during a test makes it begin again, and nothing of it is reported", async () => {
  const { echo, played, requests } = testWith();
  echo.want();
  await vi.advanceTimersByTimeAsync(1_500);
  echo.notice({ ...QUIET, snapshot: { state: "speaking" } });
  await vi.advanceTimersByTimeAsync(3_000);
  expect(played.count).toBe(1);
  expect(requests.filter(([name]) => name === "report-output")).toEqual([]);
  echo.notice(QUIET);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(played.count).toBe(2);
  expect(requests.at(-1)).toEqual(["report-output", { label: "Speakers", echoReturnLossDb: 20 }]);
});

test("without any sound from the microphone it has failed, and the conversation goes on", async () => {
  const { echo, requests, shown } = testWith({ hears: false });
  echo.want();
  await vi.advanceTimersByTimeAsync(3_000);
  expect(shown.at(-1)).toBe("failed");
  expect(requests.at(-1)).toEqual(["test-echo", { running: false }]);
});

test("an assistant that was away is told the output again", () => {
  const { echo, requests } = testWith();
  echo.notice({ ...QUIET, connected: false });
  echo.notice(QUIET);
  expect(requests).toEqual([["report-output", { label: "Speakers" }]]);
});
