import { expect, test } from "vitest";
import { problemOfServer, settingsOf } from "../../../src-renderer/settings/server-draft.ts";
import { settingsSchema } from "../../../src-shared/settings.ts";

test.each([
  ["embedded", "", undefined],
  ["moshi", "", "no-address"],
  ["moshi", " , ", "no-address"],
  ["moshi", " ws://127.0.0.1:8080 ", undefined],
  ["moshi", "WSS://gpu.example/api/asr-streaming", undefined],
  ["moshi", "http://127.0.0.1:8080", undefined],
  ["moshi", "wsx://127.0.0.1", "bad-address"],
  ["moshi", "ws://", "bad-address"],
  ["moshi", "ws://a ws://b", "bad-address"],
  ["vibevoice", "ws://127.0.0.1:3000", undefined],
  ["openai", "http://127.0.0.1:8880/v1,https://api.example/v1  http://c", undefined],
  ["openai", "", "no-address"],
  ["openai", "ws://127.0.0.1:8880", "bad-http-addresses"],
  ["openai", "http://a ".repeat(9), "bad-http-addresses"],
  ["openai", `http://${"a".repeat(2_000)}`, "bad-http-addresses"],
] as const)("of %s at %j the problem is %s, and without one the settings take it", (engine, written, problem) => {
  expect(problemOfServer({ engine, urls: [written] })).toBe(problem);
  if (problem) return;
  const draft = { ...settingsSchema.parse({}).speech, engine, urls: [written] };
  expect(settingsSchema.parse({ speech: settingsOf(draft) }).speech).toEqual(settingsOf(draft));
});

test("addresses are separated by spaces or commas", () => {
  const draft = { ...settingsSchema.parse({}).speech, urls: ["  http://a:1/v1,https://b/v1  ws://c "] };
  expect(settingsOf(draft).urls).toEqual(["http://a:1/v1", "https://b/v1", "ws://c"]);
});
