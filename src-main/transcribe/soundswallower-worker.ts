import { dirname } from "node:path";
import createModule, { type Decoder } from "soundswallower";
import { RECOGNITION_RATE_HZ, samplesToMs } from "../../src-shared/audio-format.ts";
import { succeeded, type Outcome } from "../../src-shared/failure.ts";
import { hostEngine, type Engine } from "../models/engine-host.ts";
import { modelManifest } from "../models/model-manifest.ts";
import { readModel } from "../models/model-store.ts";
import { guessPronunciation } from "./guess-pronunciation.ts";
import type { AlignedWord, AlignmentRequest } from "./soundswallower-aligner.ts";
import { spokenForms } from "./spoken-forms.ts";

const WASM_ID = "soundswallower-wasm";
const MODEL_IDS = modelManifest.map((entry) => entry.id).filter((id) => /^soundswallower-(?!wasm)/.test(id));
/** Of a pause between two words. With the library's 0.005, words stretch into the pauses beside them. */
const PAUSE_PROBABILITY = 0.5;
/** What stands for a pause or a noise in an alignment. */
const FILLER = /^(?:<.*>|\[.*\]|\(NULL\))$/;

interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

async function load(data: {
  modelsFolder: string | undefined;
}): Promise<Outcome<Engine<AlignmentRequest, readonly AlignedWord[]>>> {
  const wasm = await readModel(WASM_ID, data.modelsFolder);
  if (!wasm.ok) return wasm;
  let folder = "";
  for (const id of MODEL_IDS) {
    const file = await readModel(id, data.modelsFolder);
    if (!file.ok) return file;
    folder = dirname(file.value.path);
    file.value.release();
  }
  const quiet = (): void => undefined;
  const module = await createModule({ wasmBinary: wasm.value.bytes.buffer, print: quiet, printErr: quiet });
  const decoder = new module.Decoder({
    hmm: folder,
    samprate: RECOGNITION_RATE_HZ,
    silprob: PAUSE_PROBABILITY,
    loglevel: "FATAL",
  });
  await decoder.initialize();
  return succeeded({
    answer: ({ pcm, text }) => Promise.resolve(succeeded(alignWords(decoder, pcm, text))),
    close: () => {
      decoder.delete();
      return Promise.resolve();
    },
  });
}

function alignWords(decoder: Decoder, pcm: Float32Array, text: string): readonly AlignedWord[] {
  const words = text.match(/\S+/g) ?? [];
  const forms = words.map(spokenForms);
  const spans = alignForms(decoder, pcm, forms.flat());
  if (!spans) return shareTime(words, samplesToMs(pcm.length, RECOGNITION_RATE_HZ));
  let next = 0;
  let lastEndMs = 0;
  return words.map((word, index) => {
    const count = forms[index]?.length ?? 0;
    const first = spans[next];
    const last = spans[next + count - 1];
    next += count;
    if (count === 0 || !first || !last) return { text: word, startMs: lastEndMs, endMs: lastEndMs, aligned: false };
    lastEndMs = last.endMs;
    return { text: word, startMs: first.startMs, endMs: last.endMs, aligned: true };
  });
}

/** One span for each form, or undefined when the audio does not fit the text. */
function alignForms(decoder: Decoder, pcm: Float32Array, forms: readonly string[]): readonly Span[] | undefined {
  if (forms.length === 0 || pcm.length === 0) return undefined;
  for (const form of new Set(forms)) {
    if (!decoder.lookup_word(form)) decoder.add_words([form, guessPronunciation(form)]);
  }
  try {
    decoder.set_align_text(forms.join(" "));
    decoder.start();
    decoder.process_audio(pcm, false, true);
    decoder.stop();
  } catch {
    return undefined;
  }
  const spans = (decoder.get_alignment().w ?? [])
    .filter((segment) => !FILLER.test(segment.t))
    .map(({ b, d }) => ({ startMs: Math.round(b * 1000), endMs: Math.round((b + d) * 1000) }));
  return spans.length === forms.length ? spans : undefined;
}

/** Shares the time out among the words by their length. */
function shareTime(words: readonly string[], durationMs: number): readonly AlignedWord[] {
  const total = words.reduce((sum, word) => sum + word.length, 0);
  let before = 0;
  return words.map((word) => {
    const startMs = Math.round((before / total) * durationMs);
    before += word.length;
    return { text: word, startMs, endMs: Math.round((before / total) * durationMs), aligned: false };
  });
}

await hostEngine(load);
