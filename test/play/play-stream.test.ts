import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { succeeded } from "../../src-shared/failure.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import { playStream, type SpeakInto } from "../../src-main/play/play-stream.ts";
import { parseJitterSpec } from "../../src-main/play/source/parse-jitter-spec.ts";
import { StreamFeed } from "../../src-main/play/stream-feed.ts";
import { WorkerStreamPlayer } from "../../src-main/play/worker-stream-player.ts";
import { nowMs } from "../../src-main/session-clock.ts";

/** An engine that has always more to say, and waits for room in its ring. */
const speakEndlessly: SpeakInto = async ({ ring: buffer, generation }) => {
  const ring = new PcmRing(buffer, nowMs);
  const piece = new Float32Array(2_400).fill(0.5);
  while (ring.write(piece, 0, piece.length, generation) >= 0) await delay(1);
  return succeeded(0);
};

test("an engine that still speaks ends when its stream breaks off", async () => {
  const player = new WorkerStreamPlayer();
  const feed = new StreamFeed();
  onTestFinished(async () => void (await Promise.all([player.close(), feed.close()])));
  player.attach({ kind: "null", originAtMs: nowMs() });
  const { failure, metrics } = await playStream(player, feed, {
    source: { engineName: "endless", speak: speakEndlessly },
    startPolicy: { kind: "fixed", preRollMs: 40 },
    feed: {
      rawFormat: { sampleRateHz: PLAYBACK_RATE_HZ, channels: 1 },
      jitter: { spec: parseJitterSpec("rtf:0,error@0.5"), seed: 1 },
    },
    signal: new AbortController().signal,
    onEvent: () => undefined,
  });
  expect(failure).toMatchObject({ code: "source-lost" });
  expect(metrics.samplesPlayed).toBe(0.5 * PLAYBACK_RATE_HZ);
});
