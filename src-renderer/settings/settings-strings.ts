import type { PatienceCurve } from "../../src-shared/patience-curve.ts";
import type { Mode, Patience, Settings } from "../../src-shared/settings.ts";
import { ENGINE_STRINGS } from "./engine-strings.ts";

/** The texts of the settings. */
export const SETTINGS_STRINGS = {
  speech: "Speech",
  voice: "Voice",
  voices: { slt: "SLT (clear, female)", kal: "KAL (robotic, male)" } satisfies Record<Settings["voice"], string>,
  rate: "Speaking rate",
  volume: "Volume",
  conversation: "Conversation",
  mode: {
    name: "How you get its ear",
    names: {
      "hands-free": "Hands-free",
      "push-to-talk": "Hold to talk",
      "wake-phrase": "Wake phrase",
    } satisfies Record<Mode, string>,
    hints: {
      "hands-free": "Just talk, also while Repartee talks.",
      "push-to-talk": "Repartee listens while you hold the space bar or the button. “Stop” stops it at any time.",
      "wake-phrase":
        "Repartee listens to what begins with the phrase, and for a moment after each answer. “Stop” stops it at any time.",
    } satisfies Record<Mode, string>,
  },
  wakePhrase: "Wake phrase",
  patience: {
    name: "Patience",
    names: { quick: "Quick", balanced: "Balanced", patient: "Patient" } satisfies Record<Patience, string>,
    hints: {
      quick: "Answers as soon as it can; think aloud and it may cut in.",
      balanced: "Answers soon, and lets you finish.",
      patient: "Leaves you time to think in the middle of a sentence.",
    } satisfies Record<Patience, string>,
    notMeasured: "How soon, and how often it cuts in, has not been measured yet.",
    figures: ({ medianDelayMs, p95DelayMs, cutInRatio }: PatienceCurve["settings"][number]) =>
      `Measured: an answer after ${Math.round(medianDelayMs)} ms in the middle, ${Math.round(p95DelayMs)} ms for the slowest 1 in 20; cuts in on ${(cutInRatio * 100).toFixed(1)} % of turns.`,
    legend: (measuredWith: string) =>
      `Points: the three settings. Dashes: waiting for silence alone. Measured with ${measuredWith}.`,
    plot: "How often each setting cuts in, against how soon it answers",
    delayAxis: "Answer after, ms",
    cutInAxis: "Cuts in, %",
  },
  endOfTurn: {
    label: "End of your turn, told by",
    names: {
      embedded: "Built in: words and silence",
      "smart-turn": "Smart Turn: by your tone",
      "turn-1-mini": "turn-1-mini: by your tone",
      moshi: "The moshi server that understands you",
    } satisfies Record<Settings["endOfTurn"], string>,
    hint: "Smart Turn and turn-1-mini have to be downloaded once: run “repartee models get smart-turn” or “repartee models get turn-1-mini” in a terminal. Until then the built-in one is used. A moshi server has to be chosen below, and hears all that the microphone hears, silence too.",
  },
  recorder: {
    label: "Flight recorder",
    names: {
      off: "Off",
      facts: "Keep what happened",
      "facts-and-audio": "Keep what happened, and the sound",
    } satisfies Record<Settings["recorder"], string>,
    hint: "For finding out why a conversation went wrong. Keeps one file per session in the folder of the settings, on this machine only, with everything you say and every answer in words; with the sound, your voice too.",
  },
  earcons: "Soft sounds when it begins to listen and to think",
  acknowledgements: "A short word when an answer takes long",
  engines: ENGINE_STRINGS,
  languageModel: "Language model",
  languageModelHint:
    "Optional, for questions beyond the built-in skills: any OpenAI-compatible server, such as Ollama, LM Studio, llama.cpp or vLLM. What you say is then sent to it. Leave the address empty for none.",
  servers: [
    { name: "Ollama", baseUrl: "http://127.0.0.1:11434" },
    { name: "LM Studio", baseUrl: "http://127.0.0.1:1234" },
    { name: "llama.cpp", baseUrl: "http://127.0.0.1:8080" },
    { name: "vLLM", baseUrl: "http://127.0.0.1:8000" },
  ],
  modelPlaceholder: "The server’s first",
} as const;
