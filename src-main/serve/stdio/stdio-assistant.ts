import { succeeded, type Failure, type Outcome } from "../../../src-shared/failure.ts";
import { createDetectEngine } from "../../detect/detect-engine.ts";
import { modelsFolder } from "../../models/model-store.ts";
import { createFliteSynthesizer } from "../../speak/flite-synthesizer.ts";
import { createMoonshineTranscriber } from "../../transcribe/moonshine-transcriber.ts";
import type { ServedConversation } from "../../wire/served-conversation.ts";
import { AssistantConversations } from "../conversation/assistant-conversations.ts";
import { SharedTranscriber } from "../engines/shared-transcriber.ts";

/**
 * Loads the embedded engines for a single conversation with the assistant, with the settings and timers of `folder`. `onWarning` gets what goes
 * wrong beside the conversation, and turns that failed. Closing it closes the engines. Codes: model-*.
 */
export async function openStdioAssistant(
  folder: string,
  onWarning: (failure: Failure) => void,
): Promise<Outcome<ServedConversation>> {
  const models = { modelsFolder: modelsFolder() };
  const detector = createDetectEngine(models);
  const moonshine = createMoonshineTranscriber(models);
  const synthesizer = createFliteSynthesizer(models);
  const closeEngines = () => Promise.all([detector.close(), moonshine.close(), synthesizer.close()]);
  const loaded = await Promise.all([detector.ready, moonshine.ready, synthesizer.ready]);
  const missing = loaded.find((outcome) => !outcome.ok);
  if (missing) {
    await closeEngines();
    return missing;
  }
  const engines = { detector, transcriber: new SharedTranscriber([moonshine]), synthesizer };
  const conversation = await new AssistantConversations({ engines, folder, onWarning }).open();
  return succeeded({
    step: (input) => conversation.step(input),
    close: async () => {
      await conversation.close();
      await closeEngines();
    },
  });
}
