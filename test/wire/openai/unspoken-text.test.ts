import { expect, test } from "vitest";
import { cutText } from "../../../src-main/wire/openai/cut-text.ts";
import { providerOf } from "../../../src-main/wire/openai/endpoint.ts";
import { unspokenText } from "../../../src-main/wire/openai/unspoken-text.ts";
import { openAiVoice } from "../../../src-main/wire/openai/voice-names.ts";

const TEXT = "First, second clause; third one. Fourth";

test.each([
  [40, 1, "second clause; third one. Fourth"],
  [270, 1, "second clause; third one. Fourth"],
  [290, 1, "third one. Fourth"],
  [145, 2, "third one. Fourth"],
  [1_000, 1, "Fourth"],
  [1_400, 1, ""],
])("after %d ms at speed %d it goes on with “%s”", (spokenMs, rateRatio, rest) => {
  expect(unspokenText(TEXT, spokenMs, rateRatio)).toEqual([TEXT.slice(0, TEXT.length - rest.length), rest]);
});

test("a text of one clause is never gone on with", () => {
  expect(unspokenText("about 3.5 of them", 1, 1)).toEqual(["about 3.5 of them", ""]);
});

test.each([
  ["nova", "nova"],
  ["af_sky", "nova"],
  ["bf_emma", "nova"],
  ["am_adam", "onyx"],
  ["slt", "alloy"],
])("%s is OpenAI's %s", (voice, nearest) => expect(openAiVoice(voice)).toBe(nearest));

test.each([
  ["https://api.openai.com/v1", "openai"],
  ["https://notopenai.com/v1", "other"],
  ["http://localhost:8880", "local"],
  ["http://127.0.0.1:2022/v1", "local"],
  ["http://[::1]:2022/v1", "local"],
  ["http://192.168.1.7:2022/v1", "other"],
  ["nonsense", "other"],
])("%s is %s", (baseUrl, provider) => expect(providerOf({ baseUrl, model: "" })).toBe(provider));

test.each([
  ["One, two. Three", ["One, two. ", "Three"]],
  ["abcdefgh ij klmnop", ["abcdefgh ", "ij klmnop"]],
  ["abcdefghijklmnop", ["abcdefghij", "klmnop"]],
  ["short", ["short"]],
  ["", [""]],
])("“%s” is cut into what a server takes", (text, pieces) => {
  expect(cutText(text, 10).join("")).toBe(text);
  expect(cutText(text, 10)).toEqual(pieces);
});
