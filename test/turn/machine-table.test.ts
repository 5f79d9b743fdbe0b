import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { step } from "../../src-main/turn/machine.ts";
import { FACTS, nameOf, nameOfCommand, STATES, toldAtMs } from "./machine-states.ts";

/**
 * The table: a line with the name of a state, then its rows "fact, fact -> next state: commands". Every pair of a state and a fact that has
 * no row must change nothing.
 */
const ROWS = readRows(readFileSync(new URL("machine-table.txt", import.meta.url), "utf8"));

describe.each(Object.entries(STATES))("%s", (stateName, before) => {
  test.each(Object.entries(FACTS))("+ %s", (factName, fact) => {
    const { state, commands } = step(before, fact, toldAtMs(factName));
    const row = ROWS.get(`${stateName} + ${factName}`);
    if (row === undefined) return expect({ state, commands }).toEqual({ state: before, commands: [] });
    expect(`${nameOf(state)}:${commands.map((command) => ` ${nameOfCommand(command)}`).join("")}`).toBe(row);
  });
});

test("the table names only pairs that exist", () => {
  const pairs = Object.keys(STATES).flatMap((state) => Object.keys(FACTS).map((fact) => `${state} + ${fact}`));
  expect([...ROWS.keys()].filter((pair) => !pairs.includes(pair))).toEqual([]);
});

function readRows(table: string): Map<string, string> {
  const rows = new Map<string, string>();
  let stateName = "";
  for (const line of table.trimEnd().split("\n")) {
    const [facts, outcome] = line.split(" -> ");
    if (outcome === undefined) stateName = line;
    else for (const fact of (facts as string).trim().split(", ")) rows.set(`${stateName} + ${fact}`, outcome);
  }
  return rows;
}
