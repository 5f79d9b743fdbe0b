import { availableParallelism } from "node:os";
import { succeeded, type Failure, type Outcome } from "../../../src-shared/failure.ts";
import { createEmbeddedEndOfTurn } from "../../detect/embedded-end-of-turn.ts";
import { createDetectEngine } from "../../detect/detect-engine.ts";
import { settingsFolder } from "../../settings/settings-file.ts";
import { createFliteSynthesizer } from "../../speak/flite-synthesizer.ts";
import { createMoonshineTranscriber } from "../../transcribe/moonshine-transcriber.ts";
import { createSoundswallowerAligner } from "../../transcribe/soundswallower-aligner.ts";
import type { ServedEngines, SpokenStyle } from "../../wire/served-engines.ts";
import { AssistantConversations } from "../conversation/assistant-conversations.ts";
import { decodeRecording } from "../decode-recording.ts";
import { ListeningPace } from "./listening-pace.ts";
import { LiveListener } from "./live-listener.ts";
import { SharedTranscriber } from "./shared-transcriber.ts";
import { speakGrowingText } from "./speak-growing-text.ts";
import { transcribeRecording } from "./transcribe-recording.ts";

/** Engines of this machine, to be closed after use. */
export interface LocalEngines extends ServedEngines {
  /** Resolves when all engines are loaded and warm, or with the first failure. */
  readonly ready: Promise<Outcome<null>>;
  /** Ends the engines' threads. Streams that are open hear nothing more. */
  close(): Promise<void>;
}

/** Each takes 150 MB. Two on two cores, of two threads each, keep 16 speakers waiting a third less than one does. */
const MOST_RECOGNIZERS = 4;
const VOICES = ["slt", "kal"] as const;
const LONGEST_RECORDING_SECONDS = 2 * 3_600;
const SLOWEST_RATIO = 0.25;
const FASTEST_RATIO = 4;

/** See {@link createLocalEngines}. */
export interface LocalEnginesOptions {
  /** Where the model files are; undefined for the npm packages. */
  readonly modelsFolder?: string | undefined;
  /** Of the settings and timers that conversations go by; the user's unless told. */
  readonly settingsFolder?: string;
  /** Gets what goes wrong beside conversations, and turns that failed. */
  readonly onWarning?: (failure: Failure) => void;
}

/** The embedded engines for any number of streams: Silero, Moonshine, SoundSwallower and Flite. Loading starts at once. */
export function createLocalEngines(options: LocalEnginesOptions): LocalEngines {
  const detector = createDetectEngine(options);
  const count = Math.min(MOST_RECOGNIZERS, availableParallelism());
  const recognizers = Array.from({ length: count }, () => createMoonshineTranscriber(options));
  const aligner = createSoundswallowerAligner(options);
  const synthesizer = createFliteSynthesizer(options);
  const transcriber = new SharedTranscriber(recognizers);
  const pace = new ListeningPace(transcriber);
  const predictor = createEmbeddedEndOfTurn(detector);
  const listening = { transcriber, aligner, pace, predictor };
  const conversations = new AssistantConversations({
    engines: { detector, transcriber, synthesizer },
    folder: options.settingsFolder ?? settingsFolder(),
    onWarning: options.onWarning ?? (() => undefined),
  });
  const engines = [detector, ...recognizers, aligner, synthesizer];
  const ready = loadAll(engines.map((engine) => engine.ready));
  return {
    ready,
    voices: VOICES,
    listen: (onEvent) => new LiveListener(listening, detector.open(), onEvent),
    transcribe: (recording, { words }, signal) => {
      const pcm = decodeRecording(recording, LONGEST_RECORDING_SECONDS);
      return transcribeRecording({ detector, transcriber, aligner }, pcm, words, signal);
    },
    speak: (text, style, signal) => speakGrowingText(synthesizer, text, possibleStyle(style), signal),
    converse: async ({ voice }) => {
      const loaded = await ready;
      if (!loaded.ok) return loaded;
      return succeeded(await conversations.open({ voice: VOICES.find((name) => name === voice) }));
    },
    close: async () => {
      await Promise.all(engines.map((engine) => engine.close()));
    },
  };
}

function possibleStyle({ voice, rateRatio }: SpokenStyle): SpokenStyle {
  return {
    voice: VOICES.find((name) => name === voice) ?? VOICES[0],
    rateRatio: Math.min(FASTEST_RATIO, Math.max(SLOWEST_RATIO, rateRatio)),
  };
}

async function loadAll(engines: readonly Promise<Outcome<unknown>>[]): Promise<Outcome<null>> {
  const outcomes = await Promise.all(engines);
  return outcomes.find((outcome) => !outcome.ok) ?? succeeded(null);
}
