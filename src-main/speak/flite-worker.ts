import { PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import { hostEngine, type Engine } from "../models/engine-host.ts";
import { readModel } from "../models/model-store.ts";
import { nowMs } from "../session-clock.ts";
import type { SpeechRequest, SpokenSentence } from "../turn/ports.ts";
import { cutAtSpaces } from "./cut-at-spaces.ts";
import { FliteEngine, type FliteSpeech } from "./flite-engine.ts";
import { PlaybackResampler } from "./playback-resampler.ts";
import { speakableText } from "./speakable-text.ts";
import { SpokenLately } from "./spoken-lately.ts";
import { SpokenPiece } from "./spoken-piece.ts";

/** Sample rate of each voice. */
const VOICE_RATES_HZ: Readonly<Record<string, number>> = { slt: 16_000, kal: 8_000 };
/** No single synthesis takes long. */
const LONGEST_PIECE_CHARACTERS = 600;
/** How long the writer sleeps at most before it looks whether its generation is still wanted. */
const WAIT_MS = 50;
const WARM_UP_RUNS = 3;

async function load(data: {
  modelsFolder: string | undefined;
}): Promise<Outcome<Engine<SpeechRequest, SpokenSentence>>> {
  const model = await readModel("flite", data.modelsFolder);
  if (!model.ok) return model;
  const flite = await FliteEngine.load(model.value.bytes);
  model.value.release();
  const resamplers = new Map<string, PlaybackResampler>();
  for (const [voice, rateHz] of Object.entries(VOICE_RATES_HZ)) {
    resamplers.set(voice, await PlaybackResampler.create(rateHz));
  }
  const pieces = new SpokenLately();
  for (let run = 0; run < WARM_UP_RUNS; run++) {
    const speech = flite.synthesize("It is half past three.", "slt", 1);
    if (speech) resamplers.get("slt")?.convert(speech.pcm, 0, speech.pcm.length);
  }
  return succeeded({
    async answer(request) {
      const resampler = resamplers.get(request.voice);
      if (!resampler) return failed("speak-failed", "speak", "there is no such voice");
      const sentence = new SentenceWriter(request);
      for (const text of cutAtSpaces(request.text, LONGEST_PIECE_CHARACTERS)) {
        if (sentence.isVoid) break;
        const piece = pieces.find(request, text) ?? makePiece(flite, request, text, resampler);
        if (!piece) return failed("speak-failed", "speak", `Flite broke off (voice ${request.voice})`, true);
        pieces.keep(request, text, piece);
        sentence.write(piece);
      }
      return succeeded(sentence.result());
    },
  });
}

const SILENCE: FliteSpeech = { pcm: new Float32Array(), rateHz: PLAYBACK_RATE_HZ, phones: [] };

function makePiece(
  flite: FliteEngine,
  { voice, rateRatio }: SpeechRequest,
  text: string,
  resampler: PlaybackResampler,
): SpokenPiece | undefined {
  const speakable = speakableText(text);
  const speech = speakable === "" ? SILENCE : flite.synthesize(speakable, voice, rateRatio);
  return speech && new SpokenPiece(text, speech, resampler);
}

/** Writes the speech of one sentence to the ring and keeps account of it. */
class SentenceWriter {
  readonly #ring: PcmRing;
  readonly #generation: number;
  readonly #words: SpokenSentence["words"][number][] = [];
  #samples = 0;
  #chunks = 0;
  #firstPcmAtMs = 0;
  #lastPcmAtMs = 0;

  constructor(request: SpeechRequest) {
    this.#ring = new PcmRing(request.ring, nowMs);
    this.#generation = request.generation;
    if (!this.isVoid) this.#ring.beginWriting(request.generation);
  }

  get isVoid(): boolean {
    return this.#ring.generation !== this.#generation;
  }

  /** Writes a piece, waiting for space, until all is written or the generation is void. */
  write(piece: SpokenPiece): void {
    const start = this.#samples;
    this.#words.push(...piece.words.map(({ text, endSample }) => ({ text, endSample: start + endSample })));
    for (const chunk of piece.chunks()) if (!this.#writeChunk(chunk)) return;
  }

  result(): SpokenSentence {
    const atMs = nowMs();
    return {
      samples: this.#samples,
      chunks: this.#chunks,
      words: this.#words,
      firstPcmAtMs: this.#chunks === 0 ? atMs : this.#firstPcmAtMs,
      lastPcmAtMs: this.#chunks === 0 ? atMs : this.#lastPcmAtMs,
    };
  }

  #writeChunk(chunk: Float32Array): boolean {
    let written = 0;
    while (written < chunk.length) {
      const count = this.#ring.write(chunk, written, chunk.length - written, this.#generation);
      if (count < 0) return false;
      if (count === 0) {
        this.#ring.waitForSpace(WAIT_MS);
        continue;
      }
      this.#lastPcmAtMs = nowMs();
      if (this.#samples === 0) this.#firstPcmAtMs = this.#lastPcmAtMs;
      written += count;
      this.#samples += count;
    }
    this.#chunks += 1;
    return true;
  }
}

await hostEngine(load);
