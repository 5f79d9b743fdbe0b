import { expect, test } from "vitest";
import { seededRandom } from "../../../src-main/play/source/seeded-random.ts";
import { ApiError } from "../../../src-main/wire/openai/api-error.ts";
import { encodeForm } from "../../../src-main/wire/openai/encode-form.ts";
import { readMultipartForm } from "../../../src-main/wire/openai/multipart-form.ts";

const FILE = Buffer.from("RIFF\r\n--form\r\n\0\xff", "latin1");
const FIELDS = { model: "whisper-1", prompt: "Grüße, 3 × “ja”", language: undefined };

async function* cut(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

test.each([1, 7, 100_000])("a form of our own is read again, in pieces of %d bytes", async (pieceBytes) => {
  const { contentType, bytes } = encodeForm(FIELDS, { name: "a.wav", type: "audio/wav", bytes: FILE });
  const { fields, file } = await readMultipartForm(contentType, cut(bytes, pieceBytes), 1_000);
  expect(Object.fromEntries(fields)).toEqual({ model: ["whisper-1"], prompt: [FIELDS.prompt] });
  expect(Buffer.from(file!).equals(FILE)).toBe(true);
});

test("a name may come several times, and a form may have no file", async () => {
  const part = (value: string) => `--x\r\ncontent-disposition: form-data; name="a[]"\r\n\r\n${value}\r\n`;
  const body = Buffer.from(`${part("1")}${part("")}${part("2")}--x--\r\n`);
  const { fields, file } = await readMultipartForm("multipart/form-data; boundary=x", cut(body, 9), 10);
  expect(fields.get("a[]")).toEqual(["1", "", "2"]);
  expect(file).toBeUndefined();
});

test("damaged forms are read or refused, in time", async () => {
  const random = seededRandom(11);
  const { contentType, bytes } = encodeForm(FIELDS, { name: "a.wav", type: "audio/wav", bytes: FILE });
  const startedAtMs = performance.now();
  let refused = 0;
  for (let turn = 0; turn < 5_000; turn++) {
    const damaged = Uint8Array.from(
      bytes.subarray(0, random() < 0.3 ? Math.floor(random() * bytes.length) : bytes.length),
    );
    for (let flips = Math.floor(random() * 6); flips > 0; flips--)
      damaged[Math.floor(random() * damaged.length)] = random() < 0.5 ? 13 : Math.floor(random() * 256);
    const pieces = cut(damaged, 1 + Math.floor(random() * 300));
    await readMultipartForm(contentType, pieces, 1_000).catch((error: unknown) => {
      expect(error).toBeInstanceOf(ApiError);
      refused += 1;
    });
  }
  expect(refused).toBeGreaterThan(1_000);
  expect(refused).toBeLessThan(4_500);
  expect(performance.now() - startedAtMs).toBeLessThan(15_000);
});
