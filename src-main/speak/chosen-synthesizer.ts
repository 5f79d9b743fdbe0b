import type { Failure, Outcome } from "../../src-shared/failure.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import { ChosenEngine, type EngineChoice } from "../chosen-engine.ts";
import type { GrowingSpeechRequest, SpeechRequest, SpokenSentence, Synthesizer } from "../turn/ports.ts";
import { speakSentences } from "../turn/speak-sentences.ts";
import { SpeechProgress } from "./speech-progress.ts";

const FAILS_AS = { code: "speak-failed", stage: "speak" } as const;

/**
 * The voice that the user has chosen, with the embedded one in its place where it fails and the user wants that. Nothing is spoken twice: a
 * sentence that broke off stays in the ring as far as it came, and is a failure; so is a growing speech, but the embedded voice goes on behind
 * the word that broke off, where that is known. Codes: speak-failed, model-*.
 */
export class ChosenSynthesizer<Choice extends EngineChoice>
  extends ChosenEngine<Choice, Synthesizer>
  implements Synthesizer
{
  speak(request: SpeechRequest): Promise<Outcome<SpokenSentence>> {
    const { generation } = request;
    const ring = new PcmRing(request.ring);
    const before = ring.writtenSamples(generation);
    return this.ask((engine) => engine.speak(request), {
      failsAs: FAILS_AS,
      proves: ({ samples }) => samples > 0,
      isReplaceable: () => ring.generation === generation && ring.writtenSamples(generation) === before,
    });
  }

  /** Sentence by sentence where the chosen voice wants that. */
  speakGrowing(request: GrowingSpeechRequest, signal: AbortSignal): Promise<Outcome<number>> {
    if (!this.follow()?.speakGrowing) return speakSentences(this, request, signal);
    const progress = new SpeechProgress(request);
    let broken: Failure | undefined;
    const speak = async (engine: Synthesizer): Promise<Outcome<number>> => {
      if (engine.speakGrowing) {
        const spoken = await engine.speakGrowing(progress.request, signal);
        if (!spoken.ok) broken = { ...spoken.failure, ...FAILS_AS };
        return spoken;
      }
      const textStart = progress.unheardFrom ?? request.text.soFar.length;
      if (broken && textStart > 0) request.tell({ kind: "failure", failure: broken });
      return speakSentences(engine, request, signal, textStart);
    };
    return this.ask(speak, {
      failsAs: FAILS_AS,
      proves: (samples) => samples > 0,
      isReplaceable: () => !signal.aborted && progress.unheardFrom !== undefined,
    });
  }
}
