import { expect, test } from "vitest";
import { AccessKeys } from "../../src-main/serve/access-keys.ts";
import { presentedKey } from "../../src-main/serve/presented-key.ts";

test.for([
  ["right", true],
  ["other key", true],
  ["schlüssel", true],
  ["Right", false],
  ["righ", false],
  ["right ", false],
  ["rightother key", false],
  ["schlu\u0308ssel", false],
  ["", false],
  ["r".repeat(100_000), false],
  [undefined, false],
] as const)("%j is a key: %s", ([candidate, isKey]) => {
  expect(new AccessKeys(["right", "other key", "schlüssel"]).admits(candidate)).toBe(isKey);
});

test("no list lets everyone in, an empty one nobody, and an empty key only who presents an empty one", () => {
  expect([new AccessKeys().areSet, new AccessKeys().admits(undefined)]).toEqual([false, true]);
  const none = new AccessKeys([]);
  expect([none.areSet, none.admits(""), none.admits(undefined)]).toEqual([true, false, false]);
  const empty = new AccessKeys([""]);
  expect([empty.admits(""), empty.admits(undefined)]).toEqual([true, false]);
});

test("every key is found, wherever it is in a long list", () => {
  const all = Array.from({ length: 1_000 }, (_, index) => `key ${index}`);
  const keys = new AccessKeys(all);
  for (const index of [0, 1, 500, 999]) expect(keys.admits(`key ${index}`)).toBe(true);
  expect(keys.admits("key 1000")).toBe(false);
});

test.for([
  ["moshi", { "kyutai-api-key": "header" }, "auth_id=query", "header"],
  ["moshi", { "kyutai-api-key": "" }, "auth_id=query", ""],
  ["moshi", { authorization: "Bearer bearer" }, "auth_id=query", "query"],
  ["moshi", {}, "auth_id=", ""],
  ["moshi", {}, "other=query", undefined],
  ["moshi-header", {}, "auth_id=query", undefined],
  ["moshi-header", { "kyutai-api-key": "header" }, "", "header"],
  ["bearer", { authorization: "Bearer bearer" }, "", "bearer"],
  ["bearer", { authorization: "bearer  bearer " }, "", "bearer"],
  ["bearer", { authorization: "Basic bearer" }, "auth_id=query", undefined],
  ["bearer", { "kyutai-api-key": "header" }, "auth_id=query", undefined],
  ["any", { authorization: "Bearer bearer", "kyutai-api-key": "header" }, "auth_id=query", "bearer"],
  ["any", { authorization: "Basic x", "kyutai-api-key": "header" }, "auth_id=query", undefined],
  ["any", { "kyutai-api-key": "header" }, "auth_id=query", "header"],
  ["any", {}, "auth_id=query", "query"],
  ["any", {}, "worker_auth_id=page&auth_id=query", "query"],
  ["any", {}, "worker_auth_id=page", "page"],
  ["any", {}, "", undefined],
] as const)("%s with %j and ?%s presents %j", ([access, headers, query, key]) => {
  expect(presentedKey(access, headers, new URLSearchParams(query))).toBe(key);
});
