import { seededRandom } from "../../../src-main/play/source/seeded-random.ts";
import { ApiError } from "../../../src-main/wire/openai/api-error.ts";
import { encodeForm } from "../../../src-main/wire/openai/encode-form.ts";
import { readMultipartForm } from "../../../src-main/wire/openai/multipart-form.ts";

const MOST_FILE_BYTES = 1_000;
const MOST_PIECE_BYTES = 300;
const MOST_CHANGES = 5;

/** What became of damaged forms. */
export interface FuzzedForms {
  readonly read: number;
  readonly refused: number;
  readonly longestMs: number;
}

/** Has so many forms read that are cut off, or have bytes changed, in pieces of any size. Throws what is no answer to a request. */
export async function fuzzForms(count: number): Promise<FuzzedForms> {
  const random = seededRandom(11);
  const file = { name: "a.wav", type: "audio/wav", bytes: Buffer.from("RIFF\r\n--form\r\n\0\xff", "latin1") };
  const { contentType, bytes } = encodeForm({ model: "whisper-1", prompt: "Grüße, 3 × “ja”" }, file);
  let [refused, longestMs] = [0, 0];
  for (let turn = 0; turn < count; turn++) {
    const end = random() < 0.3 ? Math.floor(random() * bytes.length) : bytes.length;
    const damaged = Uint8Array.from(bytes.subarray(0, end));
    for (let changes = Math.floor(random() * (MOST_CHANGES + 1)); changes > 0; changes--)
      damaged[Math.floor(random() * damaged.length)] = random() < 0.5 ? 13 : Math.floor(random() * 256);
    const pieces = cutInto(damaged, 1 + Math.floor(random() * MOST_PIECE_BYTES));
    const startedAtMs = performance.now();
    try {
      await readMultipartForm(contentType, pieces, MOST_FILE_BYTES);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      refused += 1;
    }
    longestMs = Math.max(longestMs, performance.now() - startedAtMs);
  }
  return { read: count - refused, refused, longestMs };
}

/** Bytes as they come, in pieces of that size. */
export async function* cutInto(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}
