import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { runRepartee, testFolder } from "./run-repartee.ts";

const FLIGHT = resolve(import.meta.dirname, "../flights/stop-phrase-then-question.jsonl");

test("a recording is replayed: its turns, and that the commands are the same", async () => {
  const run = await runRepartee(["replay", FLIGHT]);
  expect(run).toMatchObject({ exitCode: 0, stderr: "" });
  expect(run.stdout).toMatch(/^1\. You: What can you do\? {2}Repartee: .+ \(interrupted\)\n/);
  expect(run.stdout).toMatch(/\n\d+ facts, commands as recorded\n$/);
});

test("a difference is told, with exit code 1", async () => {
  const path = join(testFolder(), "changed.jsonl");
  const recorded = readFileSync(FLIGHT, "utf8");
  const begun = '"commands":[{"kind":"begin-turn"';
  writeFileSync(path, recorded.replace(begun, '"commands":[{"kind":"cut"'));
  const line = recorded.slice(0, recorded.indexOf(begun)).split("\n").length;
  const run = await runRepartee(["replay", path]);
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toContain(`fact ${line - 1} (line ${line}): {"kind":"speech-started"`);
  expect(run.stdout).toMatch(/\n {2}expected \[\{"kind":"cut".*\n {2}got {6}\[/);
});

test("what is missing, foreign or cut off is said in one line", async () => {
  const folder = testFolder();
  const [missing, foreign, torn] = ["missing", "foreign", "torn"].map((name) => join(folder, `${name}.jsonl`));
  writeFileSync(foreign!, "not a recording\n");
  writeFileSync(torn!, readFileSync(FLIGHT, "utf8").slice(0, -20));
  const [noFile, noFlight, tornFlight] = await Promise.all(
    [missing, foreign, torn].map((path) => runRepartee(["replay", path!])),
  );
  expect(noFile).toMatchObject({ exitCode: 1, stdout: "" });
  expect(noFile?.stderr).toMatch(/^repartee: input-missing: .*missing\.jsonl\)\n$/);
  expect(noFlight).toMatchObject({ exitCode: 1, stdout: "" });
  expect(noFlight?.stderr).toMatch(
    /^repartee: cannot replay .*foreign\.jsonl: it is not the recording of a conversation\n$/,
  );
  expect(tornFlight?.exitCode).toBe(0);
  expect(tornFlight?.stderr).toMatch(/^repartee: warning: .*torn\.jsonl: the last line is cut off\n$/);
});
