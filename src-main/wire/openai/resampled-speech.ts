import { PLAYBACK_RATE_HZ } from "../../../src-shared/audio-format.ts";
import { StreamingResampler } from "../../streaming-resampler.ts";
import type { RingSpeech } from "../ring-speech.ts";
import type { DecodedSpeech } from "./speech-decoder.ts";

/** Resampled at once: 100 ms. */
const PIECE_SAMPLES = 2_400;

/** Puts decoded speech of any rate into the ring. */
export class ResampledSpeech {
  readonly #speech: RingSpeech;
  #resampler: StreamingResampler | undefined;
  #rateHz = 0;

  constructor(speech: RingSpeech) {
    this.#speech = speech;
  }

  /** False when nobody wants it any more. */
  async write({ pcm, sampleRateHz }: DecodedSpeech): Promise<boolean> {
    if (sampleRateHz !== this.#rateHz) {
      if (!(await this.finish())) return false;
      this.#rateHz = sampleRateHz;
      this.#resampler = await StreamingResampler.create(sampleRateHz, PLAYBACK_RATE_HZ);
    }
    for (let start = 0; start < pcm.length; start += PIECE_SAMPLES) {
      const piece = this.#resampler?.process(pcm.subarray(start, start + PIECE_SAMPLES));
      if (piece && !(await this.#speech.write(piece))) return false;
    }
    return true;
  }

  /** Puts in what the resampler holds back. */
  async finish(): Promise<boolean> {
    const rest = this.#resampler?.finish();
    this.#resampler = undefined;
    return rest ? this.#speech.write(rest) : true;
  }
}
