import { z } from "zod";
import { conversationChoiceSchema } from "./conversation-choice.ts";

const serverUrl = z.url({ protocol: /^(https?|wss?)$/ }).max(2_000);

/** A server that takes the place of an embedded engine. Without an address it cannot be used. */
const serverFields = {
  /** In the order in which they are asked; servers of OpenAI's interface alone are several. */
  urls: z.array(serverUrl).max(8).default([]),
  apiKey: z.string().max(500).default(""),
  /** Empty for the usual one. */
  model: z.string().max(200).default(""),
};

/** Everything the user can set. One validated file; a missing field has its default. */
export const settingsSchema = z.object({
  /** Voice of the assistant. */
  voice: z.enum(["slt", "kal"]).default("slt"),
  /** Speaking rate, 1 is normal, 2 is twice as fast. */
  speakingRateRatio: z.number().min(0.5).max(2).default(1),
  /** Playback volume as an amplitude ratio. */
  volumeRatio: z.number().min(0.05).max(1).default(0.8),
  /** Name of the microphone to use, as the system calls it; empty for the system's default. */
  microphoneLabel: z.string().max(200).default(""),
  /** How the user gets the assistant's ear: by just speaking, by holding a key, or by saying a phrase first. */
  mode: z.enum(["hands-free", "push-to-talk", "wake-phrase"]).default("hands-free"),
  /** How long the assistant waits before it takes the turn. */
  patience: z.enum(["quick", "balanced", "patient"]).default("balanced"),
  /** What an utterance begins with in the mode `wake-phrase`. */
  wakePhrase: z.string().trim().min(2).max(60).default("hey repartee"),
  /** Which predictor decides the end of a turn. */
  endOfTurn: z.enum(["embedded", "smart-turn", "turn-1-mini", "moshi"]).default("embedded"),
  /**
   * What turns speech into text. `moshi` as the predictor of the end of a turn listens to the same server. `delayFrames`: how many frames of
   * 80 ms the model of a moshi-server lags, 6 for the 1B model, 32 for the 2.6B one.
   */
  recognition: z
    .object({
      engine: z.enum(["embedded", "moshi", "openai"]).default("embedded"),
      ...serverFields,
      delayFrames: z.number().int().min(0).max(100).default(6),
    })
    .prefault({}),
  /** What speaks. `voice`: one of the server; empty for its default. */
  speech: z
    .object({
      engine: z.enum(["embedded", "moshi", "vibevoice", "openai"]).default("embedded"),
      ...serverFields,
      voice: z.string().max(200).default(""),
    })
    .prefault({}),
  /** Who holds the whole conversation. */
  conversation: conversationChoiceSchema.prefault({}),
  /** Whether the embedded engine answers in place of a server that fails. */
  useEmbeddedOnFailure: z.boolean().default(true),
  /** Short sounds when the assistant listens and thinks. */
  earcons: z.boolean().default(false),
  /** Whether an answer that takes long is announced by a word. */
  acknowledgements: z.boolean().default(true),
  /** What the flight recorder keeps of a session, in the settings folder. */
  recorder: z.enum(["off", "facts", "facts-and-audio"]).default("off"),
  /** What echo calibration measured: for the name of each output, how much weaker its sound comes back than it was played, in dB. */
  echoReturnLossDb: z.record(z.string().max(200), z.number()).default({}),
  /** OpenAI-compatible language model server; switched off while `baseUrl` is empty. */
  languageModel: z
    .object({
      baseUrl: z.union([z.literal(""), z.url({ protocol: /^https?$/ })]).default(""),
      model: z.string().max(200).default(""),
      apiKey: z.string().max(500).default(""),
      /** The reply must begin within this time. */
      firstTokenTimeoutMs: z.number().int().min(500).max(120_000).default(15_000),
    })
    .prefault({}),
});

/** See {@link settingsSchema}. */
export type Settings = z.infer<typeof settingsSchema>;

/** See {@link settingsSchema}. */
export type Mode = Settings["mode"];
/** See {@link settingsSchema}. */
export type Patience = Settings["patience"];

/** A change to the settings: any subset, validated as a whole after merging. */
export const settingsPatchSchema = z
  .object({
    voice: settingsSchema.shape.voice.unwrap(),
    speakingRateRatio: settingsSchema.shape.speakingRateRatio.unwrap(),
    volumeRatio: settingsSchema.shape.volumeRatio.unwrap(),
    microphoneLabel: settingsSchema.shape.microphoneLabel.unwrap(),
    mode: settingsSchema.shape.mode.unwrap(),
    patience: settingsSchema.shape.patience.unwrap(),
    wakePhrase: settingsSchema.shape.wakePhrase.unwrap(),
    endOfTurn: settingsSchema.shape.endOfTurn.unwrap(),
    recognition: settingsSchema.shape.recognition.unwrap(),
    speech: settingsSchema.shape.speech.unwrap(),
    conversation: settingsSchema.shape.conversation.unwrap(),
    useEmbeddedOnFailure: settingsSchema.shape.useEmbeddedOnFailure.unwrap(),
    earcons: settingsSchema.shape.earcons.unwrap(),
    acknowledgements: settingsSchema.shape.acknowledgements.unwrap(),
    recorder: settingsSchema.shape.recorder.unwrap(),
    echoReturnLossDb: settingsSchema.shape.echoReturnLossDb.unwrap(),
    languageModel: z.object({
      baseUrl: z.union([z.literal(""), z.url({ protocol: /^https?$/ })]),
      model: z.string().max(200),
      apiKey: z.string().max(500),
      firstTokenTimeoutMs: z.number().int().min(500).max(120_000),
    }),
  })
  .partial();

/** See {@link settingsPatchSchema}. */
export type SettingsPatch = z.infer<typeof settingsPatchSchema>;
