import { expect, test } from "vitest";
import { OutputGapReader } from "../../src-renderer/audio/output-gap-reader.ts";

test("tells the silence since the last look, and none from before it began", () => {
  const context = { playbackStats: { underrunDuration: 0.05 } };
  const reader = new OutputGapReader(context);
  expect(reader.read()).toBeUndefined();
  context.playbackStats = { underrunDuration: 0.17 };
  expect(reader.read()).toEqual({ kind: "output-gap", durationMs: expect.closeTo(120, 6) as number });
  expect(reader.read()).toBeUndefined();
});

test("a browser without the statistics has no gaps to tell", () => {
  expect(new OutputGapReader({}).read()).toBeUndefined();
});
