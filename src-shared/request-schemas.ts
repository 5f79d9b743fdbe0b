import { z } from "zod";
import { labPlaySchema } from "./playback-lab.ts";
import { settingsPatchSchema } from "./settings.ts";

const nothing = z.object({}).strict();

/** What the browser says of an open microphone; a field that it does not say is missing. */
const microphoneSettingsSchema = z
  .object({
    deviceLabel: z.string().max(200),
    sampleRateHz: z.number(),
    channelCount: z.number(),
    latencyMs: z.number(),
    /** A text names a variant, for example `remote-only`. */
    echoCancellation: z.union([z.boolean(), z.string().max(40)]),
    noiseSuppression: z.boolean(),
    autoGainControl: z.boolean(),
  })
  .partial()
  .strict();

/** How the open microphone is set, read back from the browser, which need not grant what was asked for. */
export type MicrophoneSettings = Readonly<z.infer<typeof microphoneSettingsSchema>>;

/** Validates the input of every request on arrival, whatever carried it. */
export const requestSchemas = {
  "update-settings": settingsPatchSchema,
  "type-text": z.object({ text: z.string().trim().min(1).max(4000) }).strict(),
  "stop-speaking": nothing,
  "set-muted": z.object({ muted: z.boolean() }).strict(),
  /** Pauses the conversation: the reply is held where it is, and nothing that is said counts. The microphone stays open. */
  "set-paused": z.object({ paused: z.boolean() }).strict(),
  /** An echo test begins or is over: the conversation is paused meanwhile, as long as the page is there. */
  "test-echo": z.object({ running: z.boolean() }).strict(),
  /** The key or button to talk was pressed or let go, in any mode. */
  "talk-key": z.object({ pressed: z.boolean() }).strict(),
  /** The user says by key that the turn is over. */
  done: nothing,
  /**
   * Which output the window plays to, and how much weaker than it was played a test sound came back in what the assistant hears, where that
   * was measured just now.
   */
  "report-output": z.object({ label: z.string().max(200), echoReturnLossDb: z.number().optional() }).strict(),
  /** What the window found out about the microphone. `label` is the device's name. */
  "report-microphone": z
    .object({
      status: z.enum(["live", "denied", "missing", "lost", "silent"]),
      label: z.string().max(200),
      settings: microphoneSettingsSchema.optional(),
    })
    .strict(),
  /** Plays something for testing, in place of what plays now; the assistant does not listen meanwhile. */
  "lab-play": labPlaySchema,
  "lab-stop": nothing,
  "cancel-timer": z.object({ id: z.number().int() }).strict(),
} as const;
