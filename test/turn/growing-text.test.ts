import { expect, test } from "vitest";
import { GrowingText } from "../../src-main/turn/growing-text.ts";
import { settle } from "../fakes/fake-stages.ts";

function never(): AbortSignal {
  return new AbortController().signal;
}

async function readAll(text: GrowingText, start = 0, signal = never()): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of text.read(start, signal)) pieces.push(piece);
  return pieces;
}

test("every reader gets all of it, from where it wants, as it comes", async () => {
  const text = new GrowingText();
  text.push("It is ");
  const [early, late] = [readAll(text), readAll(text, 3)];
  await settle();
  text.push("no");
  text.push("on.");
  await settle();
  text.end();
  expect(await early).toEqual(["It is ", "noon."]);
  expect(await late).toEqual(["is ", "noon."]);
  expect(await readAll(text)).toEqual(["It is noon."]);
  expect(await readAll(GrowingText.of("All."), 9)).toEqual([]);
});

test("an aborted reader gets nothing more, also when it waits", async () => {
  const text = new GrowingText();
  const abort = new AbortController();
  const reading = readAll(text, 0, abort.signal);
  text.push("one");
  await settle();
  abort.abort();
  expect(await reading).toEqual(["one"]);
  expect(await readAll(text, 0, abort.signal)).toEqual([]);
});
