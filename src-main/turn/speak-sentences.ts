import { succeeded, type Outcome } from "../../src-shared/failure.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import { placeWords } from "./heard-text.ts";
import type { GrowingSpeechRequest, Synthesizer } from "./ports.ts";
import { SentenceSplitter } from "./split-sentences.ts";

/**
 * Has a growing text spoken by an engine that wants whole sentences, each as soon as it is complete. What arrived of a sentence that failed
 * stays, and what follows goes on behind it. `textStart`: where in the text to begin. See `Synthesizer.speakGrowing`; it never fails itself.
 */
export async function speakSentences(
  synthesizer: Pick<Synthesizer, "speak">,
  request: GrowingSpeechRequest,
  signal: AbortSignal,
  textStart = 0,
): Promise<Outcome<number>> {
  const { text } = request;
  let textEnd = textStart;
  let samples = 0;
  for await (const sentence of sentencesOf(text.read(textStart, signal))) {
    if (signal.aborted) break;
    const target = request.begin();
    const ring = new PcmRing(target.ring);
    const startSample = Math.max(samples, ring.writtenSamples(target.generation));
    const spoken = await synthesizer.speak({ ...target, text: sentence });
    if (signal.aborted) break;
    const start = Math.max(textEnd, text.soFar.indexOf(sentence, textEnd));
    textEnd = start + sentence.length;
    if (!spoken.ok) {
      samples = Math.max(samples, ring.writtenSamples(target.generation));
      request.tell({ kind: "failure", failure: spoken.failure });
      continue;
    }
    samples = startSample + spoken.value.samples;
    if (spoken.value.samples > 0) request.tell({ kind: "spoken", firstPcmAtMs: spoken.value.firstPcmAtMs });
    for (const word of placeWords(sentence, spoken.value, start, startSample)) request.tell({ kind: "word", ...word });
  }
  return succeeded(samples);
}

async function* sentencesOf(text: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  const splitter = new SentenceSplitter();
  for await (const piece of text) yield* splitter.push(piece);
  yield* splitter.finish();
}
