import { expect, test } from "vitest";
import type { SpeakerCommand, SpeakerReport } from "../../src-shared/speaker-protocol.ts";
import { PlaybackSession, type SpeakerPort } from "../../src-renderer/speaker/playback-session.ts";

const RATE_HZ = 24_000;
const BLOCK_SAMPLES = 128;

class FakePort implements SpeakerPort {
  onmessage: SpeakerPort["onmessage"] = null;
  readonly reports: SpeakerReport[] = [];
  isClosed = false;

  send(...commands: SpeakerCommand[]): void {
    for (const data of commands) this.onmessage?.call(this as never, new MessageEvent("message", { data }));
  }
  postMessage(report: SpeakerReport): void {
    this.reports.push({ ...report });
  }
  close(): void {
    this.isClosed = true;
  }
}

function startSession(): { session: PlaybackSession; play: (blocks: number) => number } {
  let sample = 0;
  const session = new PlaybackSession(
    RATE_HZ,
    () => 1_000 + (sample * 1000) / RATE_HZ,
    () => 20,
  );
  const play = (blocks: number): number => {
    const out = new Float32Array(BLOCK_SAMPLES);
    let peak = 0;
    for (let block = 0; block < blocks; block++, sample += BLOCK_SAMPLES) {
      session.process(out);
      for (const value of out) peak = Math.max(peak, Math.abs(value));
    }
    return peak;
  };
  return { session, play };
}

const tone = (generation: number, samples: number): SpeakerCommand[] => [
  { kind: "begin", generation, firstSample: 0 },
  { kind: "pcm", generation, pcm: new Float32Array(samples).fill(0.5) },
  { kind: "start", generation },
];

test("reports go back through the port, audible at the instant of the sample", () => {
  const { session, play } = startSession();
  const port = new FakePort();
  session.connect(port);
  play(10);
  port.send(...tone(1, 2_400), { kind: "end", generation: 1, totalSamples: 2_400 });
  expect(play(30)).toBeCloseTo(0.5, 5);
  const [audible, ...later] = port.reports;
  expect(audible).toMatchObject({ kind: "audible", generation: 1 });
  const audibleAtMs = (audible as { atMs: number }).atMs;
  expect(audibleAtMs).toBeGreaterThanOrEqual(1_000 + (10 * BLOCK_SAMPLES * 1000) / RATE_HZ);
  expect(audibleAtMs).toBeLessThan(1_000 + (11 * BLOCK_SAMPLES * 1000) / RATE_HZ);
  expect(later.at(-1)).toMatchObject({ kind: "finished", flushed: false, playedSamples: 2_400, underruns: 0 });
});

test("a new port begins anew: the old reply falls silent and low generations count again", () => {
  const { session, play } = startSession();
  const [first, second] = [new FakePort(), new FakePort()];
  session.connect(first);
  first.send(...tone(7, 24_000));
  play(20);
  session.connect(second);
  expect(first.isClosed).toBe(true);
  expect(play(20)).toBe(0);
  second.send(...tone(1, 4_800));
  expect(play(20)).toBeCloseTo(0.5, 5);
  expect(second.reports[0]).toMatchObject({ kind: "audible", generation: 1 });
});

test("without a port it plays silence", () => {
  expect(startSession().play(5)).toBe(0);
});
