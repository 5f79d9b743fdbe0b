import { type Failure, type Outcome, succeeded } from "../../../src-shared/failure.ts";
import { ChosenEndOfTurn } from "../../detect/chosen-end-of-turn.ts";
import { createDownloadedEndOfTurn } from "../../detect/create-downloaded-end-of-turn.ts";
import { createEmbeddedEndOfTurn } from "../../detect/embedded-end-of-turn.ts";
import { createSileroDetector } from "../../detect/silero-detector.ts";
import { downloadsFolder } from "../../models/downloaded-model.ts";
import { modelsFolder } from "../../models/model-store.ts";
import { openSkills } from "../../open-skills.ts";
import { nowMs } from "../../session-clock.ts";
import { createFliteSynthesizer } from "../../speak/flite-synthesizer.ts";
import { createMoonshineTranscriber } from "../../transcribe/moonshine-transcriber.ts";
import { chooseDuplex, type Conduct } from "../../turn/conduct.ts";
import { STEP_SAMPLES, type EngineStep, type FramedPcmEngine } from "../../wire/framed-pcm/framed-pcm-runtime.ts";
import { StdioConversation } from "./stdio-conversation.ts";

/** What is slow the first time is not slow for the first packet. */
const WARM_UP_STEPS = 5;

/** The assistant as an engine of framed PCM, loaded and warm. */
export interface StdioAssistant extends FramedPcmEngine {
  close(): Promise<void>;
}

/**
 * Loads the assistant on the embedded engines, with the settings and timers of `folder`. There are no keys, so it listens hands-free where the
 * settings say push-to-talk. `onWarning` gets what goes wrong beside the conversation, and turns that failed. Codes: model-*.
 */
export async function openStdioAssistant(
  folder: string,
  onWarning: (failure: Failure) => void,
): Promise<Outcome<StdioAssistant>> {
  const models = { modelsFolder: modelsFolder() };
  const downloads = { modelsFolder: downloadsFolder(folder) };
  const [detector, transcriber, synthesizer] = [
    createSileroDetector(models),
    createMoonshineTranscriber(models),
    createFliteSynthesizer(models),
  ];
  const { settings, settingsProblem, timers, responder } = await openSkills(folder);
  if (!settingsProblem.ok) onWarning(settingsProblem.failure);
  const predictor = new ChosenEndOfTurn({
    embedded: createEmbeddedEndOfTurn(),
    choice: () => ({ name: settings.current.endOfTurn }),
    create: ({ name }) => createDownloadedEndOfTurn(name, downloads),
    onChange: (reason) => reason && onWarning(reason),
  });
  const closeEngines = async (): Promise<void> => {
    timers.close();
    await Promise.all([detector, predictor, transcriber, synthesizer].map((engine) => engine.close()));
  };
  const loaded = await Promise.all([detector.ready, transcriber.ready, synthesizer.ready]);
  const missing = loaded.find((outcome) => !outcome.ok);
  if (missing) {
    await closeEngines();
    return missing;
  }
  await responder.warmUp();
  const conduct = (): Conduct => {
    const { mode, patience, wakePhrase, acknowledgements: acknowledges } = settings.current;
    const duplex = chooseDuplex(undefined);
    return { mode: mode === "push-to-talk" ? "hands-free" : mode, patience, wakePhrase, acknowledges, duplex };
  };
  const conversation = await StdioConversation.open({
    engines: { detector, transcriber, predictor, responder, synthesizer },
    speaking: () => {
      const { voice, speakingRateRatio: rateRatio, volumeRatio } = settings.current;
      return { voice, rateRatio, volumeRatio };
    },
    conduct: conduct(),
    nowMs,
    onFailure: onWarning,
  });
  for (let step = 0; step < WARM_UP_STEPS; step++) await conversation.step(new Float32Array(STEP_SAMPLES));
  settings.onChange(() => conversation.changeConduct(conduct()));
  timers.onDue((text) => conversation.announce(text));
  return succeeded({
    step: (input: Float32Array): Promise<EngineStep> => conversation.step(input),
    close: async () => {
      await conversation.close();
      await closeEngines();
    },
  });
}
