import { z } from "zod";
import manifestFile from "../../resources/models/manifest.json" with { type: "json" };

const idSchema = z.string().regex(/^[a-z0-9-]+$/);
const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

const packagedSchema = z
  .object({
    id: idSchema,
    /** Package of the npm registry that carries the file; without it the file is Repartee's own. */
    package: z.string().min(1).optional(),
    /** Path of the file inside the package, or inside the checkout. */
    path: z.string().min(1),
    /** Path of the file inside a models folder, as in the packaged app. */
    file: z.string().min(1),
    bytes: z.number().int().positive(),
    sha256: sha256Schema,
    licence: z.string().min(1),
    /** What the file is, in a few words. */
    what: z.string().min(1),
  })
  .strict();

const downloadSchema = z
  .object({
    id: idSchema,
    /** Where exactly this revision of the file is. */
    url: z.url({ protocol: /^https$/ }),
    revision: z.string().regex(/^[0-9a-f]{40}$/),
    /** Name of the file inside the models folder. */
    file: z.string().regex(/^[\w.-]+$/),
    /** Size as published, rounded; what is not about so large is not the file. */
    approximateBytes: z.number().int().positive(),
    /** Undefined where nobody has published it: then whoever downloads the file states it. */
    sha256: sha256Schema.optional(),
    licence: z.string().min(1),
    /** What the file is, in a few words. */
    what: z.string().min(1),
  })
  .strict()
  .refine(({ url, revision }) => url.includes(revision), "the address does not name the revision");

const manifestSchema = z.object({ models: z.array(packagedSchema), downloads: z.array(downloadSchema) }).strict();

/** One model file: where it comes from, and the size and hash that it must have. */
export type ModelEntry = z.infer<typeof packagedSchema>;

/** One model file that is downloaded when the user asks for it. */
export type DownloadEntry = z.infer<typeof downloadSchema>;

const manifest = manifestSchema.parse(manifestFile);

/** Every model file that Repartee comes with, from resources/models/manifest.json. */
export const modelManifest: readonly ModelEntry[] = manifest.models;

/** Every model file that can be downloaded, from the same file. */
export const downloadManifest: readonly DownloadEntry[] = manifest.downloads;

/** The entry of one model file that Repartee comes with. Throws when the manifest has no such id: a bug. */
export function modelEntry(id: string): ModelEntry {
  return find(modelManifest, id);
}

/** The entry of one model file that can be downloaded. Throws when the manifest has no such id: a bug. */
export function downloadEntry(id: string): DownloadEntry {
  return find(downloadManifest, id);
}

function find<Entry extends { readonly id: string }>(entries: readonly Entry[], id: string): Entry {
  const entry = entries.find((candidate) => candidate.id === id);
  if (!entry) throw new Error(`no model ${id} in the manifest`);
  return entry;
}
