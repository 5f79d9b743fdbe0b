import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import type { SinkChoice } from "../../src-main/play/player-protocol.ts";
import { WorkerStreamPlayer } from "../../src-main/play/worker-stream-player.ts";
import { nowMs } from "../../src-main/session-clock.ts";
import type { PlayerEvent } from "../../src-main/turn/ports.ts";
import { testFolder } from "../cli/run-repartee.ts";
import { noise } from "../fixtures/noise.ts";

const SECOND = PLAYBACK_RATE_HZ;
const HEADER_BYTES = 44;
const FADE_SAMPLES = 120;

function startPlayer(sink: SinkChoice) {
  const player = new WorkerStreamPlayer();
  onTestFinished(() => player.close());
  player.attach(sink);
  const finished = Promise.withResolvers<Extract<PlayerEvent, { kind: "finished" }>>();
  const failures: string[] = [];
  player.onEvent((event) => {
    if (event.kind === "finished") finished.resolve(event);
    if (event.kind === "output-failed") failures.push(event.failure.code);
  });
  const play = (audio: Float32Array): void => {
    const generation = player.begin();
    const writer = new PcmRing(player.ring, nowMs);
    writer.beginWriting(generation);
    writer.write(audio, 0, audio.length, generation);
    player.release(generation);
    player.end(generation, audio.length);
  };
  return { player, play, finished: finished.promise, failures };
}

/** The samples of a 16-bit WAV file, from the first that is not silent. */
function playedSamples(path: string): Float32Array {
  const bytes = readFileSync(path);
  const samples = Float32Array.from(
    { length: (bytes.length - HEADER_BYTES) / 2 },
    (_, index) => bytes.readInt16LE(HEADER_BYTES + index * 2) / 32_767,
  );
  return samples.subarray(samples.findIndex((sample) => sample !== 0));
}

test("a main thread that is blocked for 2 s with 3 s buffered leaves no mark on the file sink", async () => {
  const path = join(testFolder(), "out.wav");
  const { player, play, finished } = startPlayer({ kind: "wav", path, originAtMs: nowMs() });
  const audio = noise(4 * SECOND);
  play(audio);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const untilMs = performance.now() + 2_000;
  while (performance.now() < untilMs);
  const { metrics, flushed } = await finished;
  expect(flushed).toBe(false);
  expect(metrics).toMatchObject({ underruns: 0, samplesPlayed: audio.length, audioPath: "file" });
  await player.close();
  const played = playedSamples(path);
  // The first samples of the fade may round to nothing.
  const skipped = FADE_SAMPLES + 5;
  const at = audio.findIndex((_, index) =>
    [0, 1, 2, 3, 4, 5, 6, 7].every(
      (step) => Math.abs((audio[index + step] as number) - (played[skipped + step] as number)) < 1e-4,
    ),
  );
  let difference = 0;
  for (let index = 0; at + index < audio.length; index++)
    difference = Math.max(difference, Math.abs((audio[at + index] as number) - (played[skipped + index] as number)));
  expect(at).toBeGreaterThanOrEqual(FADE_SAMPLES);
  expect(difference).toBeLessThan(1e-4);
});

test("an output that cannot be opened is said at once, and the reply is over", async () => {
  const { play, finished, failures } = startPlayer({ kind: "wav", path: "/proc/none/out.wav", originAtMs: nowMs() });
  const startedAtMs = nowMs();
  play(noise(SECOND));
  const { flushed, metrics } = await finished;
  expect(flushed).toBe(true);
  expect(metrics).toMatchObject({ samplesPlayed: 0, audioPath: "none" });
  expect(failures).toContain("output-unwritable");
  expect(nowMs() - startedAtMs).toBeLessThan(2_500);
});

test("whoever writes a reply that cannot be heard is let go", async () => {
  const { player, finished } = startPlayer({ kind: "wav", path: "/proc/none/out.wav", originAtMs: nowMs() });
  const generation = player.begin();
  const writer = new PcmRing(player.ring, nowMs);
  writer.beginWriting(generation);
  player.release(generation);
  await finished;
  expect(writer.write(new Float32Array(10), 0, 10, generation)).toBe(-1);
});

test("a reply goes on at the next sink from the same sample", async () => {
  const folder = testFolder();
  const [first, second] = [join(folder, "first.wav"), join(folder, "second.wav")] as const;
  const { player, play, finished, failures } = startPlayer({ kind: "wav", path: first, originAtMs: nowMs() });
  const audio = noise(2 * SECOND);
  play(audio);
  await new Promise((resolve) => setTimeout(resolve, 700));
  player.attach({ kind: "none" });
  await new Promise((resolve) => setTimeout(resolve, 300));
  player.attach({ kind: "wav", path: second, originAtMs: nowMs() });
  const { metrics, flushed } = await finished;
  expect(flushed).toBe(false);
  expect(failures).toEqual(["output-lost"]);
  expect(metrics).toMatchObject({ samplesPlayed: audio.length, underruns: 0, audioPath: "file, file" });
  await player.close();
  const played = playedSamples(first).findLastIndex((sample) => sample !== 0) + playedSamples(second).length;
  expect(played).toBeGreaterThan(audio.length - 0.1 * SECOND);
});

test("a player that crashes says so and ends its reply", async () => {
  const { player, play, finished, failures } = startPlayer({ kind: "null", originAtMs: nowMs() });
  play(noise(SECOND));
  player.attach({ kind: "no such sink" } as never);
  expect(await finished).toMatchObject({ flushed: true, metrics: { samplesPlayed: 0 } });
  expect(failures).toContain("output-lost");
});
