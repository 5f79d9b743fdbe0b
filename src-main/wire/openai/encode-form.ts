import { randomUUID } from "node:crypto";

/** A form with a file, ready to be sent. */
export interface EncodedForm {
  /** With the boundary. */
  readonly contentType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Makes `multipart/form-data` in one piece. Forms of `fetch` itself are read bit by bit, and Node reports an unhandled rejection when a server
 * answers before it has read all of one. Names of fields and of the file hold no quotes and line breaks.
 */
export function encodeForm(
  fields: Readonly<Record<string, string | undefined>>,
  file: { readonly name: string; readonly type: string; readonly bytes: Uint8Array },
): EncodedForm {
  const boundary = `form-${randomUUID()}`;
  const part = (disposition: string): string => `--${boundary}\r\nContent-Disposition: form-data; ${disposition}`;
  const texts = Object.entries(fields)
    .filter((field): field is [string, string] => field[1] !== undefined)
    .map(([name, value]) => `${part(`name="${name}"`)}\r\n\r\n${value}\r\n`);
  const head = `${part(`name="file"; filename="${file.name}"`)}\r\nContent-Type: ${file.type}\r\n\r\n`;
  const bytes = Buffer.concat([Buffer.from(texts.join("") + head), file.bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  return { contentType: `multipart/form-data; boundary=${boundary}`, bytes };
}
