import { expect, test } from "vitest";
import { parseJitterSpec } from "../../../src-main/play/source/parse-jitter-spec.ts";
import { INITIAL_DRAFT, JITTER_PRESETS, presetOf, readDraft } from "../../../src-renderer/playback-lab/lab-draft.ts";
import { labPlaySchema } from "../../../src-shared/playback-lab.ts";

test("the lab as it opens describes an experiment", () => {
  const { request, wrong } = readDraft(INITIAL_DRAFT);
  expect(labPlaySchema.parse(request)).toEqual(request);
  expect([...wrong]).toEqual([]);
});

test.each([
  [{ sourceKind: "file", path: " /music/a.mp3 " }, { source: { kind: "file", path: "/music/a.mp3" } }],
  [{ sourceKind: "url", url: "https://a:b@example.org/x?k=1" }, { source: { url: "https://a:b@example.org/x?k=1" } }],
  [{ sourceKind: "url", url: "ws://127.0.0.1:9/x" }, { source: { kind: "url", url: "ws://127.0.0.1:9/x" } }],
  [{ policy: "fixed", preRollMs: "0" }, { startPolicy: { kind: "fixed", preRollMs: 0 } }],
  [{ policy: "fixed", preRollMs: "5000" }, { startPolicy: { kind: "fixed", preRollMs: 5_000 } }],
  [{ policy: "adaptive", preRollMs: "soon" }, { startPolicy: { kind: "adaptive" } }],
  [
    { chunkBytes: "1048576", seed: "2147483648" },
    { chunkBytes: 1_048_576, seed: 2_147_483_648 },
  ],
] as const)("%j is what the assistant takes", (change, expected) => {
  const { request } = readDraft({ ...INITIAL_DRAFT, ...change });
  expect(labPlaySchema.parse(request)).toMatchObject(expected);
});

test.each([
  [{ text: "  " }, "text"],
  [{ sourceKind: "file", path: "" }, "path"],
  [{ sourceKind: "url", url: "example.org/a.mp3" }, "url"],
  [{ sourceKind: "url", url: "ftp://example.org/a.mp3" }, "url"],
  [{ sourceKind: "url", url: "https://" }, "url"],
  [{ policy: "fixed", preRollMs: "5001" }, "preRollMs"],
  [{ policy: "fixed", preRollMs: "" }, "preRollMs"],
  [{ chunkBytes: "1.5" }, "chunkBytes"],
  [{ chunkBytes: "1048577" }, "chunkBytes"],
  [{ seed: "-1" }, "seed"],
  [{ seed: "1e3" }, "seed"],
] as const)("%j is not yet an experiment: %s", (change, field) => {
  const { request, wrong } = readDraft({ ...INITIAL_DRAFT, ...change });
  expect(request).toBeUndefined();
  expect([...wrong]).toEqual([field]);
});

test.each(Object.entries(JITTER_PRESETS))(
  "%s is a way of arriving that the player knows, and has its name",
  (name, spec) => {
    expect(presetOf(` ${spec} `)).toBe(name);
    if (spec !== "") expect(() => parseJitterSpec(spec)).not.toThrow();
  },
);

test("a way of arriving of one's own has no name", () => {
  expect(presetOf("wifi:20,stall:400@1")).toBeUndefined();
});
