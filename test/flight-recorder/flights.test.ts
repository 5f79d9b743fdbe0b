import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { FlightError, replayFlight } from "../../src-main/flight-recorder/replay-flight.ts";

const FOLDER = resolve(import.meta.dirname, "../flights");
const FLIGHTS = readdirSync(FOLDER).filter((name) => name.endsWith(".jsonl"));

function flight(name: string): string {
  return readFileSync(join(FOLDER, name), "utf8");
}

test.each(FLIGHTS)("%s comes to the commands that were recorded", (name) => {
  const { facts, difference, warning } = replayFlight(flight(name));
  expect(difference).toBeUndefined();
  expect(warning).toBeUndefined();
  expect(facts).toBeGreaterThan(0);
});

describe("a replay", () => {
  const text = flight("backchannel-then-interruption.jsonl");
  const lines = text.trimEnd().split("\n");
  const answered = lines.findIndex((line) => /"kind":"transcript-ready".*"kind":"respond"/.test(line));
  const lineOf = (fact: string) => lines.findIndex((line) => line.includes(`"kind":"${fact}"`));

  test("gives back the turns", () => {
    expect(replayFlight(text).turns.map(({ transcript }) => transcript)).toEqual([
      "What can you do?",
      "What time is it?",
    ]);
  });

  test("stops at the first difference", () => {
    const changed = lines.map((line) => line.replace('"level":"held"', '"level":"normal"'));
    const { difference, facts } = replayFlight(`${changed.join("\n")}\n`);
    const lineNumber = changed.findIndex((line, index) => line !== lines[index]) + 1;
    expect(difference).toMatchObject({ lineNumber, factNumber: facts + 1 });
    expect(difference?.recorded.commands).toEqual([{ kind: "reply-level", level: "normal" }]);
    expect(difference?.got).toEqual([{ kind: "reply-level", level: "held" }]);
  });

  test("begins where the recording began, which may be in the middle of a conversation", () => {
    const { difference } = replayFlight(`${[lines[0], ...lines.slice(lineOf("speech-started"))].join("\n")}\n`);
    expect(difference?.factNumber).toBe(1);
  });

  test("bears a last line that is cut off, and says so", () => {
    const { difference, warning } = replayFlight(text.slice(0, -10));
    expect(difference).toBeUndefined();
    expect(warning).toBe("the last line is cut off");
    expect(replayFlight(`${lines.slice(0, -1).join("\n")}\n`).warning).toBe("its end is missing");
  });

  test("goes up to a gap, and says so", () => {
    const gap = JSON.stringify({ kind: "gap", dropped: 4 });
    const { facts, warning } = replayFlight(`${[...lines.slice(0, 9), gap, ...lines.slice(13)].join("\n")}\n`);
    expect(facts).toBe(8);
    expect(warning).toContain("4 lines are missing at line 10");
  });

  test.each([
    ["nothing", "", "it is not the recording of a conversation"],
    ["something else", '{"timestamp":1}\n', "it is not the recording of a conversation"],
    ["a log without its beginning", '{"kind":"gap","dropped":3}\n', "its beginning is missing"],
    ["another format", `${lines[0]?.replace('"format":1', '"format":2')}\n`, "it has format 2, not 1"],
    ["a damaged line", `${[lines[0], "{", lines[1]].join("\n")}\n`, "line 2 is damaged"],
    ["a line of another kind", `${[lines[0], '{"kind":"step","atMs":1}'].join("\n")}\n`, "line 2 is damaged"],
    [
      "a damaged fact",
      `${[...lines.slice(0, answered), '{"kind":"step","atMs":1,"fact":{"kind":"transcript-ready"},"commands":[]}'].join("\n")}\n`,
      `the fact in line ${answered + 1} is damaged`,
    ],
  ])("of %s fails: %s", (_, content, message) => {
    expect(() => replayFlight(content)).toThrow(new FlightError(message));
  });
});
