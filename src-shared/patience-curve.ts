import { z } from "zod";
import { settingsSchema } from "./settings.ts";

/**
 * Validates `resources/patience-curve.json`: how soon the assistant answers, and how often it cuts in, measured on turns that no setting was
 * tuned to. Delays count from the true end of the user's speech to the first audible sample, in ms; ratios are shares of all turns.
 */
export const patienceCurveSchema = z
  .object({
    /** What was measured, and how, in a few words. */
    measuredWith: z.string().min(1),
    /** Waiting for silence alone, for comparison, by growing thresholds. */
    silenceOnly: z
      .array(
        z.object({
          thresholdMs: z.number().positive(),
          medianDelayMs: z.number(),
          cutInRatio: z.number().min(0).max(1),
        }),
      )
      .min(2),
    /** Every setting once. */
    settings: z
      .array(
        z.object({
          patience: settingsSchema.shape.patience.unwrap(),
          medianDelayMs: z.number(),
          p95DelayMs: z.number(),
          cutInRatio: z.number().min(0).max(1),
        }),
      )
      .length(3),
  })
  .strict();

/** See {@link patienceCurveSchema}. */
export type PatienceCurve = Readonly<z.infer<typeof patienceCurveSchema>>;
