import { PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { failure as failureOf, type Failure, type Outcome } from "../../src-shared/failure.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import type { StreamMetrics } from "../../src-shared/stream-metrics.ts";
import type { FeedRequest, FeedResult } from "./feed/feed-request.ts";
import type { StartPolicyChoice } from "./player-protocol.ts";
import { SourceLedger } from "./source-ledger.ts";
import type { StreamFeed } from "./stream-feed.ts";
import type { WorkerStreamPlayer } from "./worker-stream-player.ts";
import { nowMs } from "../session-clock.ts";
import type { PlayerEvent } from "../turn/ports.ts";

const ENGINE_RING_SAMPLES = 20 * PLAYBACK_RATE_HZ;
const GENERATION = 1;

/** What to play: a stream, or a text for an engine of ours to speak. */
export type PlayedSource =
  | Pick<FeedRequest, "source" | "encoding">
  | { readonly engineName: string; readonly speak: SpeakInto };

/** Has an engine speak into a ring, and tells how many samples it has written so far. */
export type SpeakInto = (
  ring: { readonly ring: SharedArrayBuffer; readonly generation: number },
  onSamples: (samples: number) => void,
) => Promise<Outcome<number>>;

/** When a stream was asked for and when its first bytes came, as far as they have, on the session clock. */
export interface StreamRequest {
  readonly atMs: number;
  readonly firstByteAtMs: number | undefined;
}

/** One stream to play from beginning to end. */
export interface StreamPlay {
  readonly source: PlayedSource;
  readonly startPolicy: StartPolicyChoice;
  /** It is made while it is heard: a backlog is caught up with. */
  readonly isLive?: boolean;
  readonly feed: Omit<FeedRequest, "source" | "encoding" | "ring" | "generation" | "ledger">;
  /** Stops it: playback fades out, and what was measured until then is told. */
  readonly signal: AbortSignal;
  /** Everything that the player tells of it, with ms since the request. */
  readonly onEvent: (event: PlayerEvent, sinceRequestMs: number, request: StreamRequest) => void;
}

/** How a stream was played. */
export interface StreamPlayed {
  readonly requestedAtMs: number;
  readonly metrics: StreamMetrics;
  /** It was stopped, or the output went away. */
  readonly interrupted: boolean;
  readonly fed: FeedResult | undefined;
  /** Why it ended early or was not heard: of the source, the engine or the output. */
  readonly failure: Failure | undefined;
}

/** Plays one stream through a player to which an output is attached. Main thread; samples do not come here. */
export async function playStream(
  player: WorkerStreamPlayer,
  feed: StreamFeed,
  play: StreamPlay,
): Promise<StreamPlayed> {
  const ledger = SourceLedger.allocate();
  const tally = new SourceLedger(ledger);
  const requestedAtMs = nowMs();
  const generation = player.begin({
    requestedAtMs,
    startPolicy: play.startPolicy,
    isLive: play.isLive ?? false,
    ledger,
  });
  let failure: Failure | undefined;
  const { promise: finished, resolve } = Promise.withResolvers<Extract<PlayerEvent, { kind: "finished" }>>();
  const unsubscribe = player.onEvent((event) => {
    if (event.kind === "output-failed") failure ??= event.failure;
    else if (event.generation !== generation) return;
    const { firstByteAtMs } = tally.read();
    play.onEvent(event, nowMs() - requestedAtMs, { atMs: requestedAtMs, firstByteAtMs });
    if (event.kind === "finished") resolve(event);
  });
  const stop = (): void => player.flush();
  play.signal.addEventListener("abort", stop, { once: true });
  if (play.signal.aborted) stop();
  player.release(generation);

  const speech = startSpeech(play.source, play.signal);
  const fed = await feed.feed({ ...play.feed, ...speech.source, ring: player.ring, generation, ledger });
  speech.stop();
  if (fed.ok) player.end(generation, fed.value.samples);
  else player.flush();
  const spokenFailure = await speech.finished;
  const { metrics, flushed } = await finished;
  play.signal.removeEventListener("abort", stop);
  unsubscribe();
  failure ??= spokenFailure ?? (fed.ok ? fed.value.failure : fed.failure);
  return { requestedAtMs, metrics, interrupted: flushed, fed: fed.ok ? fed.value : undefined, failure };
}

/** An engine speaks into a ring of its own, so that its audio takes the same road, and the same bad network, as any other. */
function startSpeech(
  source: PlayedSource,
  signal: AbortSignal,
): {
  readonly source: Pick<FeedRequest, "source" | "encoding">;
  readonly finished: Promise<Failure | undefined>;
  /** Nobody takes any more of it: an engine that waits for room in a full ring ends. */
  readonly stop: () => void;
} {
  if (!("speak" in source)) return { source, finished: Promise.resolve(undefined), stop: () => undefined };
  const buffer = PcmRing.allocate(ENGINE_RING_SAMPLES);
  const ring = new PcmRing(buffer, nowMs);
  ring.setGeneration(GENERATION);
  ring.beginWriting(GENERATION);
  const stop = (): void => ring.setGeneration(GENERATION + 1);
  signal.addEventListener("abort", stop, { once: true });
  let spokenSamples = 0;
  const speaking = source.speak({ ring: buffer, generation: GENERATION }, (samples) => {
    spokenSamples = samples;
  });
  const finished = speaking.then((spoken) => {
    ring.endAt(spokenSamples);
    if (!spoken.ok) return spoken.failure;
    const isSilent = spokenSamples === 0 && ring.generation === GENERATION;
    return isSilent ? failureOf("input-empty", "input", "the text has no words to say") : undefined;
  });
  const ringSource = { kind: "ring", name: source.engineName, ring: buffer } as const;
  return { source: { source: ringSource, encoding: "f32le" }, finished, stop };
}
