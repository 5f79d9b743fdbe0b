import { CAPTURE_RATE_HZ, RECOGNITION_RATE_HZ, samplesToMs } from "../../../src-shared/audio-format.ts";
import { succeeded, type Outcome } from "../../../src-shared/failure.ts";
import { StreamingResampler } from "../../streaming-resampler.ts";
import type { Transcriber, Transcript, TranscriptionRequest } from "../../turn/ports.ts";
import { SttConnection, type SttServerAddress } from "./stt-connection.ts";

/** A word may be told to begin a little before the sound that it begins with. */
const EARLY_MS = 160;
/** The server forgets by silence what was said before. */
const GAP_SAMPLES = CAPTURE_RATE_HZ / 2;
/** A pause: the end of the audio is so much quieter than its loudest part. */
const PAUSE_MS = 32;
const PAUSE_RATIO = 0.05;

/**
 * Recognizes on a moshi-server. One connection stays open, and an utterance that grows from request to request is sent only once: each
 * request sends what is new. While the user speaks the answer is what the server has told so far; at a pause silence is pushed behind the audio,
 * faster than real time, and the answer is complete. A connection that was lost is opened again, and the utterance sent anew. Tokens and
 * their probabilities are not told. Codes: source-unreachable, source-refused, source-timeout, source-lost, protocol-error.
 */
export function createMoshiTranscriber(address: SttServerAddress): Transcriber {
  const closing = new AbortController();
  let stream: UtteranceStream | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const answer = async (request: TranscriptionRequest, signal: AbortSignal): Promise<Outcome<Transcript>> => {
    signal.throwIfAborted();
    const startedAtMs = performance.now();
    for (let isAgain = false; ; isAgain = true) {
      if (!stream || stream.connection.failure) {
        const opened = await SttConnection.open(address, signal);
        if (!opened.ok) return opened;
        stream = new UtteranceStream(opened.value);
      }
      const text = await stream.transcribe(request.pcm, signal);
      if (!text.ok && text.failure.retryable && !isAgain) continue;
      if (!text.ok) return text;
      const elapsedMs = performance.now() - startedAtMs;
      return succeeded({ text: text.value, tokens: [], tokenLogProbabilities: [], elapsedMs });
    }
  };

  return {
    transcribe(request, signal) {
      const both = AbortSignal.any([signal, closing.signal]);
      const answered = last.then(() => answer(request, both));
      last = answered.catch(() => undefined);
      return answered;
    },
    async close() {
      closing.abort();
      await last;
      await stream?.connection.close();
    },
  };
}

/** The utterances that one connection has heard, one after the other. */
class UtteranceStream {
  readonly connection: SttConnection;
  #sent = new Float32Array(0);
  #startMs = 0;
  #resampler: StreamingResampler | undefined;

  constructor(connection: SttConnection) {
    this.connection = connection;
  }

  async transcribe(pcm: Float32Array, signal: AbortSignal): Promise<Outcome<string>> {
    if (!this.#continues(pcm)) await this.#begin();
    const resampler = (this.#resampler ??= await StreamingResampler.create(RECOGNITION_RATE_HZ, CAPTURE_RATE_HZ));
    const added = pcm.subarray(this.#sent.length);
    this.#sent = pcm.slice();
    await this.connection.send(resampler.process(added));
    if (endsInPause(pcm)) {
      const flushed = await this.connection.flush(signal);
      if (!flushed.ok) return flushed;
    } else if (this.connection.failure) {
      return { ok: false, failure: this.connection.failure };
    }
    const words = this.connection.words.filter(({ startMs }) => startMs >= this.#startMs - EARLY_MS);
    return succeeded(words.map(({ text }) => text).join(" "));
  }

  async #begin(): Promise<void> {
    this.#resampler?.finish();
    this.#resampler = undefined;
    if (this.#sent.length > 0) await this.connection.send(new Float32Array(GAP_SAMPLES));
    this.#sent = new Float32Array(0);
    this.#startMs = this.connection.sentMs;
  }

  /** Whether this is the utterance of the request before, with more behind it. */
  #continues(pcm: Float32Array): boolean {
    const sent = this.#sent;
    if (sent.length === 0 || pcm.length < sent.length) return false;
    return sent.every((sample, index) => sample === pcm[index]);
  }
}

function endsInPause(pcm: Float32Array): boolean {
  const samples = Math.round((PAUSE_MS * RECOGNITION_RATE_HZ) / 1000);
  if (samplesToMs(pcm.length, RECOGNITION_RATE_HZ) < 2 * PAUSE_MS) return true;
  const levelOf = (piece: Float32Array): number => Math.sqrt(piece.reduce((sum, s) => sum + s * s, 0) / piece.length);
  let loudest = 0;
  for (let at = 0; at + samples <= pcm.length; at += samples) {
    loudest = Math.max(loudest, levelOf(pcm.subarray(at, at + samples)));
  }
  return levelOf(pcm.subarray(pcm.length - samples)) <= loudest * PAUSE_RATIO;
}
