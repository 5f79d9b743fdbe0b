import type { Settings } from "../../src-shared/settings.ts";

type RecognitionEngine = Settings["recognition"]["engine"];
type SpeechEngine = Settings["speech"]["engine"];

const SOUND_LEAVES =
  "Everything the microphone takes for speech is sent to this server as sound, also what is not meant for Repartee.";
const TEXT_LEAVES = "The text of every answer is sent to this server.";

/** The texts of the choice of engines. Each hint says what leaves the machine. */
export const ENGINE_STRINGS = {
  title: "Engines",
  recognition: {
    label: "You are understood by",
    names: {
      embedded: "Built in: Moonshine",
      moshi: "A moshi server",
      openai: "A server of OpenAI’s interface",
    } satisfies Record<RecognitionEngine, string>,
    hints: {
      embedded: "Nothing you say leaves this machine for this.",
      moshi: SOUND_LEAVES,
      openai: SOUND_LEAVES,
    } satisfies Record<RecognitionEngine, string>,
    placeholders: {
      embedded: "",
      moshi: "ws://127.0.0.1:8080",
      openai: "http://127.0.0.1:8000/v1",
    } satisfies Record<RecognitionEngine, string>,
    modelPlaceholder: "whisper-1",
  },
  speech: {
    label: "Answers are spoken by",
    names: {
      embedded: "Built in: Flite",
      moshi: "A moshi server",
      vibevoice: "A VibeVoice server",
      openai: "A server of OpenAI’s interface",
    } satisfies Record<SpeechEngine, string>,
    hints: {
      embedded: "No answer leaves this machine for this.",
      moshi: TEXT_LEAVES,
      vibevoice: TEXT_LEAVES,
      openai: TEXT_LEAVES,
    } satisfies Record<SpeechEngine, string>,
    placeholders: {
      embedded: "",
      moshi: "ws://127.0.0.1:8089",
      vibevoice: "ws://127.0.0.1:3000",
      openai: "http://127.0.0.1:8880/v1",
    } satisfies Record<SpeechEngine, string>,
    modelPlaceholder: "tts-1",
  },
  address: "Address",
  addresses: "Addresses, in the order in which to ask",
  addressesHint: "Separated by spaces. All get the same key and model.",
  badAddress: {
    socket: "It takes a ws, wss, http or https address.",
    http: "It takes one or more http or https addresses, 8 at most.",
  },
  apiKey: "Key",
  apiKeyPlaceholder: "If the server wants one",
  model: "Model",
  voice: "Voice on the server",
  voicePlaceholder: "The server’s own choice",
  standIn: "Use the built-in engine when the server fails",
  save: "Save",
  saved: "Saved.",
} as const;
