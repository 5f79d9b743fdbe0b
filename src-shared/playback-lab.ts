import { z } from "zod";
import type { Failure } from "./failure.ts";
import type { StreamMetrics } from "./stream-metrics.ts";

/** What the playback lab can play. A path is one on the machine that runs the assistant. */
const labSourceSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("text"), text: z.string().trim().min(1).max(4000) }),
  z.strictObject({ kind: z.literal("file"), path: z.string().min(1).max(4096) }),
  z.strictObject({ kind: z.literal("url"), url: z.url({ protocol: /^(https?|wss?)$/ }).max(2000) }),
]);

/** One experiment of the playback lab. */
export const labPlaySchema = z.strictObject({
  source: labSourceSchema,
  /** When to start: as soon as what has arrived lasts to the end, or with a fixed amount of audio. */
  startPolicy: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("adaptive") }),
    z.strictObject({ kind: z.literal("fixed"), preRollMs: z.number().int().min(0).max(5_000) }),
  ]),
  /** How the audio arrives, in the words of `repartee play --jitter`; empty for undisturbed. */
  jitter: z.string().max(200),
  /** Size of the pieces in which it arrives; 0 leaves them as they are. */
  chunkBytes: z.number().int().min(0).max(1_048_576),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31),
});

/** See {@link labPlaySchema}. */
export type LabPlay = z.infer<typeof labPlaySchema>;

/** What an experiment tells. Times in ms since the request. */
export type LabEvent =
  | { readonly kind: "began" }
  /** How it stands, about every 40 ms from the first piece to the last sample. */
  | ({ readonly kind: "level" } & LabLevel)
  | { readonly kind: "audible"; readonly atMs: number }
  /** A gap began. */
  | { readonly kind: "starved"; readonly atMs: number }
  /** It is over: played to the end, stopped, or broken off. Always the last one. */
  | {
      readonly kind: "finished";
      readonly interrupted: boolean;
      readonly metrics: StreamMetrics | undefined;
      readonly failure: Failure | undefined;
    };

/** How an experiment stands at one instant. */
export interface LabLevel {
  readonly atMs: number;
  readonly receivedMs: number;
  /** Received and not yet heard. */
  readonly bufferedMs: number;
  readonly underruns: number;
  readonly stretchedMs: number;
  /** Playback is slowed down while less than this waits. */
  readonly slowBelowMs: number;
}
