import { expect, test } from "vitest";
import { encodeForm } from "../../../src-main/wire/openai/encode-form.ts";
import { readMultipartForm } from "../../../src-main/wire/openai/multipart-form.ts";
import { cutInto, fuzzForms } from "./fuzz-forms.ts";

const FILE = Buffer.from("RIFF\r\n--form\r\n\0\xff", "latin1");
const FIELDS = { model: "whisper-1", prompt: "Grüße, 3 × “ja”", language: undefined };

test.each([1, 7, 100_000])("a form of our own is read again, in pieces of %d bytes", async (pieceBytes) => {
  const { contentType, bytes } = encodeForm(FIELDS, { name: "a.wav", type: "audio/wav", bytes: FILE });
  const { fields, file } = await readMultipartForm(contentType, cutInto(bytes, pieceBytes), 1_000);
  expect(Object.fromEntries(fields)).toEqual({ model: ["whisper-1"], prompt: [FIELDS.prompt] });
  expect(Buffer.from(file!).equals(FILE)).toBe(true);
});

test("a name may come several times, and a form may have no file", async () => {
  const part = (value: string) => `--x\r\ncontent-disposition: form-data; name="a[]"\r\n\r\n${value}\r\n`;
  const body = Buffer.from(`${part("1")}${part("")}${part("2")}--x--\r\n`);
  const { fields, file } = await readMultipartForm("multipart/form-data; boundary=x", cutInto(body, 9), 10);
  expect(fields.get("a[]")).toEqual(["1", "", "2"]);
  expect(file).toBeUndefined();
});

test("damaged forms are read or refused, in time", async () => {
  const { refused, longestMs } = await fuzzForms(5_000);
  expect(refused).toBeGreaterThan(1_000);
  expect(refused).toBeLessThan(4_500);
  expect(longestMs).toBeLessThan(3_000);
});
