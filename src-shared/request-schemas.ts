import { z } from "zod";
import { labPlaySchema } from "./playback-lab.ts";
import { settingsPatchSchema } from "./settings.ts";

const nothing = z.object({}).strict();

/** Validates the input of every request on arrival, whatever carried it. */
export const requestSchemas = {
  "get-settings": nothing,
  "update-settings": settingsPatchSchema,
  "type-text": z.object({ text: z.string().trim().min(1).max(4000) }).strict(),
  "stop-speaking": nothing,
  "set-muted": z.object({ muted: z.boolean() }).strict(),
  /** What the window found out about the microphone. `label` is the device's name. */
  "report-microphone": z
    .object({ status: z.enum(["live", "denied", "missing", "lost"]), label: z.string().max(200) })
    .strict(),
  /** Plays something for testing, in place of what plays now; the assistant does not listen meanwhile. */
  "lab-play": labPlaySchema,
  "lab-stop": nothing,
  "cancel-timer": z.object({ id: z.number().int() }).strict(),
} as const;
