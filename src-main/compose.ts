import { join } from "node:path";
import { MessageChannel } from "node:worker_threads";
import { failure, succeeded, type Failure, type FailureStage, type Outcome } from "../src-shared/failure.ts";
import type { SpeakerCommand } from "../src-shared/speaker-protocol.ts";
import { Assistant } from "./assistant/assistant.ts";
import { ChosenEndOfTurn } from "./detect/chosen-end-of-turn.ts";
import { createDownloadedEndOfTurn } from "./detect/create-downloaded-end-of-turn.ts";
import { createEmbeddedEndOfTurn } from "./detect/embedded-end-of-turn.ts";
import { createSileroDetector } from "./detect/silero-detector.ts";
import { DuplexConversation } from "./duplex/duplex-conversation.ts";
import { FlightRecorder } from "./flight-recorder/flight-recorder.ts";
import { downloadsFolder } from "./models/downloaded-model.ts";
import { modelsFolder } from "./models/model-store.ts";
import { openSkills } from "./open-skills.ts";
import { PlaybackLab } from "./play/playback-lab.ts";
import { createStreamDecoder } from "./play/decode/create-stream-decoder.ts";
import { createOggOpusStreamDecoder } from "./play/decode/ogg-opus-stream-decoder.ts";
import { WorkerStreamPlayer } from "./play/worker-stream-player.ts";
import { sessionClock } from "./session-clock.ts";
import { settingsFolder } from "./settings/settings-file.ts";
import { ChosenSynthesizer } from "./speak/chosen-synthesizer.ts";
import { createFliteSynthesizer } from "./speak/flite-synthesizer.ts";
import { speakText } from "./speak-text.ts";
import { ChosenTranscriber } from "./transcribe/chosen-transcriber.ts";
import { createMoonshineTranscriber } from "./transcribe/moonshine-transcriber.ts";
import { version } from "./version.ts";
import type { AudioSession } from "./window/assistant-endpoint.ts";
import {
  createDistantEndOfTurn,
  createDistantSynthesizer,
  createDistantTranscriber,
} from "./wire/create-distant-engines.ts";
import { openConversationEngine } from "./wire/open-conversation-engine.ts";

/** A running assistant and its player, for shells and commands to attach a microphone and an output. */
export interface Composition {
  readonly assistant: Assistant;
  readonly player: WorkerStreamPlayer;
  /** What was wrong with the settings file, if anything. */
  readonly settingsProblem: Outcome<null>;
}

/** What may be different from one assistant to another; all have defaults. */
export interface CompositionOptions {
  /** Of settings and timers. Default: the user's. */
  readonly folder?: string;
  /** Keeps the facts of the conversation in this folder, whatever the settings say. */
  readonly recordTo?: string | undefined;
  /** Gets what goes wrong beside the conversation: output-unwritable. Default: a warning of the process. */
  readonly onWarning?: (failure: Failure) => void;
}

/**
 * Makes an assistant on the embedded engines, and on the servers that the settings name in their place. The only place that knows every
 * concrete class. Engines load while this returns.
 */
export async function composeAssistant(options: CompositionOptions = {}): Promise<Composition> {
  const { folder = settingsFolder(), recordTo, onWarning = ({ detail }) => process.emitWarning(detail) } = options;
  const models = { modelsFolder: modelsFolder() };
  const detector = createSileroDetector(models);
  const moonshine = createMoonshineTranscriber(models);
  const flite = createFliteSynthesizer(models);
  const player = new WorkerStreamPlayer();
  const { settings, settingsProblem, timers, responder } = await openSkills(folder);
  const downloads = { modelsFolder: downloadsFolder(folder) };
  const note = (stage: FailureStage, what: string) => (reason: Failure | undefined) => {
    const code = settings.current.useEmbeddedOnFailure ? "engine-replaced" : "engine-unusable";
    assistant.noteSubstitution(stage, reason && failure(code, stage, `${what}: ${reason.detail}`, true));
  };
  const transcriber = new ChosenTranscriber({
    embedded: moonshine,
    choice: () => {
      const { recognition, useEmbeddedOnFailure } = settings.current;
      return { ...recognition, useEmbeddedOnFailure };
    },
    create: createDistantTranscriber,
    onChange: note("transcribe", "speech recognition"),
  });
  const synthesizer = new ChosenSynthesizer({
    embedded: flite,
    choice: () => {
      const { speech, useEmbeddedOnFailure } = settings.current;
      return { ...speech, useEmbeddedOnFailure };
    },
    create: (choice) => createDistantSynthesizer(choice, createStreamDecoder),
    onChange: note("speak", "voice"),
  });
  const predictor = new ChosenEndOfTurn({
    embedded: createEmbeddedEndOfTurn(detector),
    choice: () => {
      const { endOfTurn, recognition } = settings.current;
      return { endOfTurn, server: endOfTurn === "moshi" ? recognition : undefined };
    },
    create: ({ endOfTurn, server }) =>
      server ? createDistantEndOfTurn(server) : createDownloadedEndOfTurn(endOfTurn, downloads),
    onChange: (reason) =>
      assistant.noteSubstitution("detect", reason && failure("model-unused", "detect", reason.detail, true)),
  });
  settings.onChange(() => {
    for (const chosen of [transcriber, synthesizer, predictor]) chosen.follow();
  });
  const engines = loadAll([detector.ready, moonshine.ready, flite.ready]);
  void engines.then(() => responder.warmUp());
  const speaking = () => {
    const { voice, speakingRateRatio, volumeRatio } = settings.current;
    return { voice, rateRatio: speakingRateRatio, volumeRatio };
  };
  const lab = new PlaybackLab({
    player,
    speak: (text) => (ring, onSamples) => speakText(synthesizer, text, { ...speaking(), ...ring }, onSamples),
  });
  const duplex = new DuplexConversation({
    clock: sessionClock,
    player,
    ear: { detector, transcriber: moonshine },
    settings: () => settings.current,
    open: (choice, output, onState) => openConversationEngine(choice, { output, onState }, createOggOpusStreamDecoder),
  });
  const recorder = new FlightRecorder({
    folder: recordTo ?? join(folder, "flights"),
    version,
    settings: () => (recordTo === undefined ? settings.current : { ...settings.current, recorder: "facts" }),
    now: Date.now,
    onProblem: onWarning,
  });
  const assistant = new Assistant({
    stages: { clock: sessionClock, detector, transcriber, predictor, responder, synthesizer, player, speaking },
    settings,
    timers,
    lab,
    recorder,
    duplex,
    engines,
    attachSpeaker: (session) => attachSpeaker(player, session),
    close: async () => {
      timers.close();
      await lab.close();
      await Promise.all([
        detector.close(),
        predictor.close(),
        transcriber.close(),
        synthesizer.close(),
        player.close(),
        recorder.close(),
      ]);
    },
  });
  return { assistant, player, settingsProblem };
}

async function loadAll(engines: readonly Promise<Outcome<unknown>>[]): Promise<Outcome<unknown>> {
  const outcomes = await Promise.all(engines);
  return outcomes.find((outcome) => !outcome.ok) ?? succeeded(null);
}

/** Puts a page's speaker at the other end of the player's port. */
function attachSpeaker(player: WorkerStreamPlayer, session: AudioSession | undefined): void {
  if (!session) return player.attach({ kind: "none" });
  const { port1, port2 } = new MessageChannel();
  port2.on("message", (command: SpeakerCommand) => session.sendSpeakerCommand(command));
  session.onSpeakerReport = (report) => port2.postMessage(report);
  player.attach({ kind: "port", name: "renderer", port: port1 });
}
