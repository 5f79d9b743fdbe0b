import { expect, test } from "vitest";
import { MISHEARD_BEYOND_RECOGNITION, MISHEARD } from "./misheard.ts";
import { ask, RUNNING } from "./ask-skills.ts";

test.each(pairs(MISHEARD))("%s means %s", async (heard, meant) => {
  const asked = await ask(heard, { timers: RUNNING });
  expect(asked.say).toBeDefined();
  expect(plain(asked)).toEqual(plain(await ask(meant, { timers: RUNNING })));
});

test.each(pairs(MISHEARD_BEYOND_RECOGNITION))("%s is %s or nothing", async (heard, meant) => {
  const asked = await ask(heard, { timers: RUNNING });
  if (asked.say === undefined) expect(asked.does).toBe("");
  else expect(plain(asked)).toEqual(plain(await ask(meant, { timers: RUNNING })));
});

function pairs(lists: Readonly<Record<string, readonly string[]>>): (readonly [heard: string, meant: string])[] {
  return Object.entries(lists).flatMap(([meant, all]) => all.map((heard) => [heard, meant] as const));
}

function plain({ say, does, rest }: Awaited<ReturnType<typeof ask>>) {
  return { say, does, rest };
}
