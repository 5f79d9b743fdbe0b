import { expect, test } from "vitest";
import { SpokenLately } from "../../src-main/speak/spoken-lately.ts";
import type { SpokenPiece } from "../../src-main/speak/spoken-piece.ts";

const MANNER = { voice: "slt", rateRatio: 1 } as const;
const piece = (samples: number) => ({ length: samples }) as SpokenPiece;

test("keeps the newest pieces up to 83 s, each manner of its own, and none that are silent", () => {
  const lately = new SpokenLately();
  lately.keep(MANNER, "silent", piece(0));
  lately.keep(MANNER, "first", piece(1_000_000));
  lately.keep(MANNER, "second", piece(1_000_000));
  lately.keep(MANNER, "first", piece(1_000_000));
  lately.keep(MANNER, "third", piece(1));
  const kept = ["silent", "first", "second", "third"].filter((text) => lately.find(MANNER, text));
  expect(kept).toEqual(["first", "third"]);
  expect(lately.find({ ...MANNER, rateRatio: 1.5 }, "first")).toBeUndefined();
});
