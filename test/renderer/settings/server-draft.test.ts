import { expect, test } from "vitest";
import { areServerAddresses, splitAddresses } from "../../../src-renderer/settings/server-draft.ts";
import { settingsSchema } from "../../../src-shared/settings.ts";

test("addresses are separated by spaces or commas", () => {
  expect(splitAddresses("  http://a:1/v1,https://b/v1  ws://c ")).toEqual(["http://a:1/v1", "https://b/v1", "ws://c"]);
  expect(splitAddresses(" ")).toEqual([]);
});

test.each([
  ["embedded", [], true],
  ["moshi", [], false],
  ["moshi", ["ws://127.0.0.1:8080"], true],
  ["moshi", ["WSS://gpu.example/api/asr-streaming"], true],
  ["moshi", ["http://127.0.0.1:8080"], true],
  ["moshi", ["wsx://127.0.0.1"], false],
  ["moshi", ["ws://"], false],
  ["moshi", ["ws://a", "ws://b"], false],
  ["vibevoice", ["ws://127.0.0.1:3000"], true],
  ["openai", ["http://127.0.0.1:8880/v1", "https://api.example/v1"], true],
  ["openai", ["ws://127.0.0.1:8880"], false],
  ["openai", Array.from({ length: 9 }, () => "http://a"), false],
] as const)("of %s, whether %j will do is %s, and what does the settings take", (engine, urls, will) => {
  expect(areServerAddresses(engine, urls)).toBe(will);
  if (will) expect(settingsSchema.safeParse({ speech: { engine, urls } }).success).toBe(true);
});
