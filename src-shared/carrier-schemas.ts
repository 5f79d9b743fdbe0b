import { z } from "zod";

const counters = {
  generation: z.number().int().nonnegative(),
  positionSamples: z.number().int().nonnegative(),
  playedSamples: z.number().int().nonnegative(),
  elapsedSamples: z.number().int().nonnegative(),
  bufferedSamples: z.number().int().nonnegative(),
  underruns: z.number().int().nonnegative(),
  gapSamples: z.number().int().nonnegative(),
  deepestGapSamples: z.number().int().nonnegative(),
  stretchedSamples: z.number().int().nonnegative(),
  bufferMinMs: z.number(),
  bufferMeanMs: z.number(),
  bufferP05Ms: z.number(),
};

/** What a page reports from its speaker. */
export const speakerReportSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("audible"),
    generation: z.number().int().nonnegative(),
    atMs: z.number(),
    outputLatencyMs: z.number(),
  }),
  z.strictObject({ kind: z.literal("starved"), ...counters }),
  z.strictObject({ kind: z.literal("progress"), ...counters }),
  z.strictObject({ kind: z.literal("finished"), flushed: z.boolean(), atMs: z.number(), ...counters }),
]);

/** Text messages from the page, validated by the shell. */
export const pageMessageSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("request"), id: z.number().int(), name: z.string().max(100), input: z.unknown() }),
  /** The page wants a fresh audio session; an earlier one is over. `wallLeadMs`: see `wall-lead.ts`. */
  z.strictObject({ kind: z.literal("audio-ports"), wallLeadMs: z.number() }),
  z.strictObject({ kind: z.literal("speaker"), message: speakerReportSchema }),
]);
