import { succeeded, type Outcome } from "../src-shared/failure.ts";
import type { SpeechRequest, Synthesizer } from "./turn/ports.ts";
import { SentenceSplitter } from "./turn/split-sentences.ts";

/**
 * Has a text spoken into a ring, sentence by sentence, until the ring's generation is void. The value is the number of samples. Codes: speak-failed,
 * model-*; what was spoken until then is in the ring.
 */
export async function speakText(
  synthesizer: Synthesizer,
  text: string,
  request: Omit<SpeechRequest, "text">,
  onSentence: (samples: number) => void = () => undefined,
): Promise<Outcome<number>> {
  const splitter = new SentenceSplitter();
  let samples = 0;
  for (const sentence of [...splitter.push(text), ...splitter.finish()]) {
    const spoken = await synthesizer.speak({ ...request, text: sentence });
    if (!spoken.ok) return spoken;
    samples += spoken.value.samples;
    onSentence(samples);
  }
  return succeeded(samples);
}
