import type { Outcome } from "../../src-shared/failure.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import { ChosenEngine, type EngineChoice } from "../chosen-engine.ts";
import type { SpeechRequest, SpokenSentence, Synthesizer } from "../turn/ports.ts";

const FAILS_AS = { code: "speak-failed", stage: "speak" } as const;

/**
 * The voice that the user has chosen, with the embedded one in its place where it fails and the user wants that. Nothing is spoken twice: a
 * sentence that broke off stays in the ring as far as it came, and is a failure. Codes: speak-failed, model-*.
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
}
