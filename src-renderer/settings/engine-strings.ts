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
  addresses: "Addresses, in the order in which to ask",
  addressesHint: "Separated by spaces. All get the same key and model.",
  delay: {
    label: "Model of the server",
    models: { 6: "1B: words come 0.5 s late", 32: "2.6B: words come 2.6 s late" },
    other: (frames: number) => `Another one: ${(frames * 0.08).toFixed(1)} s late (${frames} frames)`,
    hint: "Where you pause, so much silence is sent after your words that the last of them come at once; chosen wrong, answers come later. The 2.6B model cannot tell the end of your turn.",
  },
  voice: "Voice on the server",
  voicePlaceholder: "The server’s own choice",
  standIn: "Go on with the built-in engine when a server fails",
  standInHint:
    "On: a server is waited for less long, one that failed is not asked for 30 seconds, and a conversation that a program or server held goes on with Repartee. Off: what a server could not do is left undone, the window says so, and it is asked again the next time.",
} as const;
