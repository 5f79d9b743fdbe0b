import { createHash } from "node:crypto";
import { PLAYBACK_RATE_HZ, RECOGNITION_FRAME_SAMPLES } from "../../../src-shared/audio-format.ts";
import { succeeded, type Outcome } from "../../../src-shared/failure.ts";
import { PcmRing } from "../../../src-shared/pcm-ring.ts";
import type { ProsodyJudge } from "../../../src-main/detect/detect-engine.ts";
import { nowMs } from "../../../src-main/session-clock.ts";
import type {
  SpeechRequest,
  SpokenSentence,
  Synthesizer,
  Transcriber,
  Transcript,
  TranscriptionRequest,
  VoiceDetector,
} from "../../../src-main/turn/ports.ts";
import type { TimedAnswer } from "./serial-engine.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** The real engines that a conversation runs on. */
export interface RealEngines {
  readonly detector: VoiceDetector & ProsodyJudge;
  readonly transcriber: Transcriber;
  readonly synthesizer: Synthesizer;
}

/** A sentence that was synthesized before; its times are from the beginning of the request. */
export type TimedSentence = TimedAnswer<Outcome<SpokenSentence>>;

const LONGEST_SENTENCE_SAMPLES = 40 * PLAYBACK_RATE_HZ;
/** An answer of the detector, in and out of its thread. The real one takes 0.3 ms. */
const DETECTION_MS = 1;
/** So much silence makes the detector begin anew: 5.4 s. */
const QUIET_FRAMES = 170;

/**
 * Asks each real engine the same thing only once, and remembers the answer with the time it took: what differs between two runs over the
 * same turns is then their setting alone.
 */
export class EngineMemory implements ProsodyJudge {
  readonly #engines: RealEngines;
  readonly #transcripts = new Map<string, TimedAnswer<Outcome<Transcript>>>();
  readonly #sentences = new Map<string, TimedSentence>();
  readonly #probabilities = new Map<string, readonly number[]>();

  constructor(engines: RealEngines) {
    this.#engines = engines;
  }

  /**
   * Detects speech in a whole stream, whose frames have 512 samples at 16 kHz: a probability for each frame. The detector carries a state
   * from frame to frame, so it must have heard each stream alone and from its beginning to its end.
   */
  async detectAll(streamId: string, frames: readonly Float32Array[]): Promise<readonly number[]> {
    const known = this.#probabilities.get(streamId);
    if (known) return known;
    const quiet = Array.from({ length: QUIET_FRAMES }, () => new Float32Array(RECOGNITION_FRAME_SAMPLES));
    const probabilities: number[] = [];
    for (const frame of [...quiet, ...frames]) {
      const probability = await this.#engines.detector.detect(frame);
      if (!probability.ok) throw new Error(probability.failure.detail);
      probabilities.push(probability.value);
    }
    const detected = probabilities.slice(QUIET_FRAMES);
    this.#probabilities.set(streamId, detected);
    return detected;
  }

  /** What {@link detectAll} answered for a stream; empty before. */
  probabilities(streamId: string): readonly number[] {
    return this.#probabilities.get(streamId) ?? [];
  }

  /** A detector that is about to hear a stream of {@link detectAll} from its beginning. */
  detector(streamId: string): (frame: Float32Array) => Promise<TimedAnswer<Outcome<number>>> {
    const known = this.probabilities(streamId);
    let heard = 0;
    return async () => ({ value: succeeded(known[heard++] ?? 0), elapsedMs: DETECTION_MS });
  }

  /** Asks anew each time: it takes little. */
  judgeProsody(pcm: Float32Array, signal: AbortSignal): Promise<Outcome<number>> {
    return this.#engines.detector.judgeProsody(pcm, signal);
  }

  async transcribe(request: TranscriptionRequest, clock: VirtualClock): Promise<TimedAnswer<Outcome<Transcript>>> {
    const key = createHash("sha1")
      .update(new Uint8Array(request.pcm.buffer, request.pcm.byteOffset, request.pcm.byteLength))
      .update((request.draftTokens ?? []).join())
      .update((request.cueBeginnings ?? []).join())
      .digest("base64");
    const known = this.#transcripts.get(key);
    if (known) return known;
    const { signal } = new AbortController();
    const answer = await clock.measure(() => this.#engines.transcriber.transcribe(request, signal));
    this.#transcripts.set(key, answer);
    return answer;
  }

  /** As if the sentence had not been spoken before in any turn: the engine keeps what it spoke lately. */
  async speak({ text, voice, rateRatio }: SpeechRequest, clock: VirtualClock): Promise<TimedSentence> {
    const key = `${voice} ${rateRatio} ${text}`;
    const known = this.#sentences.get(key);
    if (known) return known;
    const ring = PcmRing.allocate(LONGEST_SENTENCE_SAMPLES);
    new PcmRing(ring).setGeneration(1);
    const request = { text, voice, rateRatio, ring, generation: 1 };
    const startedAtMs = nowMs();
    const { value, elapsedMs } = await clock.measure(() => this.#engines.synthesizer.speak(request));
    const paceRatio = elapsedMs / (nowMs() - startedAtMs);
    const answer = { value: value.ok ? succeeded(sinceStart(value.value, startedAtMs, paceRatio)) : value, elapsedMs };
    this.#sentences.set(key, answer);
    return answer;
  }
}

/** Times from the beginning of the request. `paceRatio`: measured time to time that passed. */
function sinceStart(sentence: SpokenSentence, startedAtMs: number, paceRatio: number): SpokenSentence {
  const { firstPcmAtMs, lastPcmAtMs } = sentence;
  return {
    ...sentence,
    firstPcmAtMs: (firstPcmAtMs - startedAtMs) * paceRatio,
    lastPcmAtMs: (lastPcmAtMs - startedAtMs) * paceRatio,
  };
}
