import { PLAYBACK_RATE_HZ } from "../../../src-shared/audio-format.ts";
import { failure, type Failure } from "../../../src-shared/failure.ts";
import type { RingSpeech } from "../ring-speech.ts";
import type { OpenAnswer } from "./open-answer.ts";
import { ResampledSpeech } from "./resampled-speech.ts";
import {
  encodingOf,
  rateOf,
  type CreateSpeechDecoder,
  type DecodedSpeech,
  type SpeechEncoding,
} from "./speech-decoder.ts";

const DECODED_AT_ONCE_BYTES = 16 * 1024;
/** More bytes than samples of 32 bits at 48 kHz take. */
const MOST_BYTES_PER_MS = 200;

/** See {@link receiveSpeech}. */
export interface ReceiveSpeechOptions {
  /** What was asked for, where the answer does not say. */
  readonly encoding: SpeechEncoding;
  readonly createDecoder: CreateSpeechDecoder;
  /** A server that is slower than the speech itself by more than this is given up. */
  readonly timeoutMs: number;
  /** A server that sends more speech than this does not speak the text. */
  readonly mostSpeechMs: number;
}

/**
 * Decodes an answer into the ring while it comes. The result is why it could not be done; what was decoded until then is in the ring. Codes:
 * source-refused, source-timeout, source-lost, protocol-error, speak-failed. Throws the reason when aborted.
 */
export async function receiveSpeech(
  answer: OpenAnswer,
  speech: RingSpeech,
  options: ReceiveSpeechOptions,
): Promise<Failure | undefined> {
  const { host, contentType } = answer;
  const declared = encodingOf(contentType);
  if (declared === "none") return failure("source-refused", "speak", `${host} sent no audio`);
  const encoding = declared ?? options.encoding;
  const sampleRateHz = rateOf(contentType) ?? PLAYBACK_RATE_HZ;
  const decoder = await options.createDecoder(encoding, { sampleRateHz, channels: 1 });
  if (!decoder.ok) return failure("speak-failed", "speak", decoder.failure.detail);
  const before = speech.samples;
  const out = new ResampledSpeech(speech);
  const write = async (pieces: readonly DecodedSpeech[]): Promise<boolean> => {
    for (const piece of pieces) if (!(await out.write(piece))) return false;
    return true;
  };
  try {
    let [bytes, waitedMs] = [0, 0];
    for (;;) {
      const receivedMs = ((speech.samples - before) * 1000) / PLAYBACK_RATE_HZ;
      const leftMs = Math.min(options.timeoutMs, options.timeoutMs + receivedMs - waitedMs);
      if (leftMs <= 0) return failure("source-timeout", "speak", `${host} is much slower than speech`, true);
      const askedAtMs = performance.now();
      const piece = await answer.next(leftMs);
      waitedMs += performance.now() - askedAtMs;
      if (!piece.ok) return piece.failure;
      if (!piece.value) break;
      bytes += piece.value.length;
      if (receivedMs > options.mostSpeechMs || bytes > options.mostSpeechMs * MOST_BYTES_PER_MS)
        return failure("protocol-error", "speak", `${host} sends more speech than the text can have`);
      for (let start = 0; start < piece.value.length; start += DECODED_AT_ONCE_BYTES) {
        const slice = piece.value.subarray(start, start + DECODED_AT_ONCE_BYTES);
        if (!(await write(await decoder.value.push(slice)))) return undefined;
      }
    }
    if (!(await write(await decoder.value.finish())) || !(await out.finish())) return undefined;
    if (speech.samples === before)
      return failure("protocol-error", "speak", `${host} sent ${bytes} bytes without any speech in them`);
    // Half a sample at the end of bare samples is nothing to lose.
    if (decoder.value.isTruncated && encoding !== "s16le")
      return failure("source-lost", "speak", `${host} ended its answer before the end of the speech`, true);
    return undefined;
  } finally {
    await decoder.value.close();
  }
}
