import type { Outcome } from "../../src-shared/failure.ts";
import { ChosenEngine, type EngineChoice } from "../chosen-engine.ts";
import type { Transcriber, Transcript, TranscriptionRequest } from "../turn/ports.ts";

const FAILS_AS = { code: "transcribe-failed", stage: "transcribe" } as const;

/**
 * The recognizer that the user has chosen, with the embedded one in its place where it fails and the user wants that. Codes:
 * transcribe-failed, model-*.
 */
export class ChosenTranscriber<Choice extends EngineChoice>
  extends ChosenEngine<Choice, Transcriber>
  implements Transcriber
{
  transcribe(request: TranscriptionRequest, signal: AbortSignal): Promise<Outcome<Transcript>> {
    return this.ask((engine) => engine.transcribe(request, signal), { failsAs: FAILS_AS });
  }
}
