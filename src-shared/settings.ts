import { z } from "zod";

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

/** A change to the settings: any subset, validated as a whole after merging. */
export const settingsPatchSchema = z
  .object({
    voice: settingsSchema.shape.voice.unwrap(),
    speakingRateRatio: settingsSchema.shape.speakingRateRatio.unwrap(),
    volumeRatio: settingsSchema.shape.volumeRatio.unwrap(),
    microphoneLabel: settingsSchema.shape.microphoneLabel.unwrap(),
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
