import { once } from "node:events";
import { Busboy, type BusboyHeaders, type BusboyInstance } from "@fastify/busboy";
import { ApiError } from "./api-error.ts";

const MOST_FIELDS = 64;
const MOST_FIELD_BYTES = 64 * 1024;
const MOST_HEADERS = 32;
/** A form that is whole is read by then; longest wait for a reader that got lost in what is none. */
const READ_MS = 2_000;

/** A form with at most one file. */
export interface MultipartForm {
  /** Every value of a name, in order. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** The part of the name `file`. */
  readonly file: Uint8Array | undefined;
}

/**
 * Reads `multipart/form-data` as it comes. Throws an {@link ApiError}: 413 where the file is too long, 400 for anything else that is wrong; and
 * what `body` throws.
 */
export async function readMultipartForm(
  contentType: string | undefined,
  body: AsyncIterable<Uint8Array>,
  mostFileBytes: number,
): Promise<MultipartForm> {
  const parser = createParser(contentType, mostFileBytes);
  const fields = new Map<string, string[]>();
  const pieces: Uint8Array[] = [];
  let hasFile = false;
  const end = Promise.withResolvers<void>();
  end.promise.catch(() => undefined);
  const fail = (message: string, status = 400): void => end.reject(new ApiError(message, { status, param: "file" }));
  parser.on("field", (name, value, _isNameCut, isCut) => {
    if (isCut) fail(`The field ${name} is too long.`);
    fields.set(name, [...(fields.get(name) ?? []), value]);
  });
  parser.on("file", (name, file) => {
    const isWanted = name === "file";
    hasFile ||= isWanted;
    file.on("data", (piece: Uint8Array) => isWanted && pieces.push(piece));
    file.on("limit", () => fail(`The file has more than ${mostFileBytes} bytes.`, 413));
    file.on("error", () => fail("The form breaks off."));
  });
  for (const limit of ["partsLimit", "filesLimit", "fieldsLimit"] as const)
    parser.on(limit, () => fail("The form has too many parts."));
  parser.on("error", () => fail("The form is malformed or breaks off."));
  parser.on("finish", () => end.resolve());
  await Promise.race([end.promise, feed(parser, body)]);
  const timer = setTimeout(() => fail("The form is malformed."), READ_MS);
  await end.promise.finally(() => clearTimeout(timer));
  return { fields, file: hasFile ? Buffer.concat(pieces) : undefined };
}

function createParser(contentType: string | undefined, mostFileBytes: number): BusboyInstance {
  const limits = {
    files: 1,
    fileSize: mostFileBytes,
    fields: MOST_FIELDS,
    fieldSize: MOST_FIELD_BYTES,
    parts: MOST_FIELDS + 1,
    headerPairs: MOST_HEADERS,
  };
  if (!/^multipart\/form-data\b/i.test(contentType ?? ""))
    throw new ApiError("The request must be multipart/form-data.", { status: 415 });
  try {
    return new Busboy({ headers: { "content-type": contentType } as BusboyHeaders, limits });
  } catch {
    throw new ApiError("The content type of the form has no boundary.");
  }
}

async function feed(parser: BusboyInstance, body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of body) {
    if (!parser.write(piece)) await once(parser, "drain");
  }
  parser.end();
}
