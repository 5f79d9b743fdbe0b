import { CAPTURE_RATE_HZ, RECOGNITION_RATE_HZ } from "../../../src-shared/audio-format.ts";
import { succeeded, type Outcome } from "../../../src-shared/failure.ts";
import { StreamingResampler } from "../../streaming-resampler.ts";
import type { Transcriber, Transcript, TranscriptionRequest } from "../../turn/ports.ts";
import { SttConnection, type SttServerAddress } from "./stt-connection.ts";

/** A word may be told to begin a little before the sound that it begins with. */
const EARLY_MS = 160;
/** The server forgets by silence what was said before. */
const GAP_SAMPLES = CAPTURE_RATE_HZ / 2;

/**
 * Recognizes on a moshi-server. One connection stays open, and an utterance that grows from request to request is sent only once: each
 * request sends what is new. While the user speaks the answer is what the server has told so far; at a pause silence is pushed behind the audio,
 * faster than real time, and the answer is complete. Who speaks on after that is sent from the start again, without that silence. A connection that was lost is opened again, and the utterance sent anew. Tokens and
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
      const text = await stream.transcribe(request, signal);
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
  #isFlushed = false;
  #resampler: StreamingResampler | undefined;

  constructor(connection: SttConnection) {
    this.connection = connection;
  }

  async transcribe({ pcm, isPartial }: TranscriptionRequest, signal: AbortSignal): Promise<Outcome<string>> {
    if (!this.#continues(pcm)) await this.#begin();
    const resampler = (this.#resampler ??= await StreamingResampler.create(RECOGNITION_RATE_HZ, CAPTURE_RATE_HZ));
    const added = pcm.subarray(this.#sent.length);
    this.#sent = pcm.slice();
    await this.connection.send(resampler.process(added));
    if (!isPartial) {
      this.#isFlushed = true;
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
    this.#isFlushed = false;
    this.#startMs = this.connection.sentMs;
  }

  /** Whether this is the utterance of the request before, with more behind it, and nothing of ours between. */
  #continues(pcm: Float32Array): boolean {
    const sent = this.#sent;
    if (sent.length === 0 || pcm.length < sent.length || this.#isFlushed) return false;
    return sent.every((sample, index) => sample === pcm[index]);
  }
}
