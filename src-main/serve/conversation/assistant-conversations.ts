import type { Failure } from "../../../src-shared/failure.ts";
import type { Settings } from "../../../src-shared/settings.ts";
import { ChosenEndOfTurn } from "../../detect/chosen-end-of-turn.ts";
import { createDownloadedEndOfTurn } from "../../detect/create-downloaded-end-of-turn.ts";
import { createEmbeddedEndOfTurn } from "../../detect/embedded-end-of-turn.ts";
import { frameByFrame } from "../../detect/silero-detector.ts";
import type { ProsodyJudge, StreamDetector } from "../../detect/detect-engine.ts";
import { downloadsFolder } from "../../models/downloaded-model.ts";
import { openSkills, type OpenSkills } from "../../open-skills.ts";
import { nowMs } from "../../session-clock.ts";
import { chooseDuplex, type Conduct } from "../../turn/conduct.ts";
import type { Synthesizer } from "../../turn/ports.ts";
import { STEP_SAMPLES, type ServedConversation } from "../../wire/served-conversation.ts";
import type { SharedTranscriber } from "../engines/shared-transcriber.ts";
import { patientSynthesizer } from "./patient-synthesizer.ts";
import { PulledConversation } from "./pulled-conversation.ts";

/** What is slow the first time is not slow for who talks. */
const WARM_UP_STEPS = 5;

/** See {@link AssistantConversations}. */
export interface AssistantConversationsOptions {
  /** Loaded, and shared with whoever else uses them. */
  readonly engines: {
    readonly detector: Pick<StreamDetector, "open"> & ProsodyJudge;
    readonly transcriber: Pick<SharedTranscriber, "transcribe">;
    readonly synthesizer: Pick<Synthesizer, "speak">;
  };
  /** Of settings, timers and downloaded models. */
  readonly folder: string;
  /** Gets what goes wrong beside the conversations, and turns that failed. */
  readonly onWarning: (failure: Failure) => void;
}

/**
 * Conversations with the assistant, any number at once, with the settings and timers of one user. Each has its own turns and its own memory. There
 * are no keys, so it listens hands-free where the settings say push-to-talk. The folder is used only while somebody talks.
 */
export class AssistantConversations {
  readonly #options: AssistantConversationsOptions;
  readonly #running = new Set<PulledConversation>();
  /** Opened by the first conversation, closed by the last. */
  #skills: Promise<OpenSkills> | undefined;
  #users = 0;
  readonly #announce = (text: string): void => {
    for (const conversation of this.#running) conversation.announce(text);
  };

  constructor(options: AssistantConversationsOptions) {
    this.#options = options;
  }

  /** Begins a conversation. `voice`: in place of the one in the settings. What is due is said in every conversation. */
  async open({ voice }: { readonly voice?: Settings["voice"] | undefined } = {}): Promise<ServedConversation> {
    this.#users += 1;
    try {
      return await this.#begin(voice);
    } catch (error) {
      await this.#release();
      throw error;
    }
  }

  async #begin(voice: Settings["voice"] | undefined): Promise<ServedConversation> {
    const { settings, responder, timers } = await (this.#skills ??= this.#openSkills());
    await responder.warmUp();
    const { detector, transcriber, synthesizer } = this.#options.engines;
    const stream = frameByFrame(detector);
    const predictor = this.#endOfTurn(settings);
    const conversation = await PulledConversation.open({
      engines: {
        detector: stream,
        transcriber: {
          transcribe: (request, signal) => transcriber.transcribe(() => request, !request.isPartial, signal),
          close: async () => undefined,
        },
        predictor,
        responder,
        synthesizer: patientSynthesizer(synthesizer),
      },
      speaking: () => {
        const { voice: usual, speakingRateRatio: rateRatio, volumeRatio } = settings.current;
        return { voice: voice ?? usual, rateRatio, volumeRatio };
      },
      conduct: conductOf(settings.current),
      nowMs,
      onFailure: this.#options.onWarning,
    });
    for (let step = 0; step < WARM_UP_STEPS; step++) await conversation.step(new Float32Array(STEP_SAMPLES));
    this.#running.add(conversation);
    timers.onDue(this.#announce);
    return {
      step: (input) => conversation.step(input),
      close: async () => {
        if (!this.#running.delete(conversation)) return;
        await conversation.close();
        await Promise.all([stream.close(), predictor.close()]);
        await this.#release();
      },
    };
  }

  /** The last one closes what all have shared. */
  async #release(): Promise<void> {
    if (--this.#users > 0) return;
    const skills = this.#skills;
    this.#skills = undefined;
    (await skills?.catch(() => undefined))?.timers.close();
  }

  async #openSkills(): Promise<OpenSkills> {
    const skills = await openSkills(this.#options.folder);
    if (!skills.settingsProblem.ok) this.#options.onWarning(skills.settingsProblem.failure);
    skills.settings.onChange((settings) => {
      for (const conversation of this.#running) conversation.changeConduct(conductOf(settings));
    });
    return skills;
  }

  #endOfTurn(settings: OpenSkills["settings"]) {
    const downloads = { modelsFolder: downloadsFolder(this.#options.folder) };
    return new ChosenEndOfTurn({
      embedded: createEmbeddedEndOfTurn(this.#options.engines.detector),
      choice: () => ({ name: settings.current.endOfTurn }),
      create: ({ name }) => createDownloadedEndOfTurn(name, downloads),
      onChange: (reason) => reason && this.#options.onWarning(reason),
    });
  }
}

function conductOf({ mode, patience, wakePhrase, acknowledgements: acknowledges }: Settings): Conduct {
  const duplex = chooseDuplex(undefined);
  return { mode: mode === "push-to-talk" ? "hands-free" : mode, patience, wakePhrase, acknowledges, duplex };
}
