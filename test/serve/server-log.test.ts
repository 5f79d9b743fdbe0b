import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Failure } from "../../src-shared/failure.ts";
import { createServerLog, type LogLevel } from "../../src-main/serve/server-log.ts";

const DAY_MS = 86_400_000;

test.for([
  ["off", []],
  ["error", ["error"]],
  ["warn", ["error", "warn"]],
  ["info", ["error", "warn", "info"]],
  ["debug", ["error", "warn", "info", "debug"]],
] as const)("level %s lets through %j", ([level, passed]) => {
  const lines: string[] = [];
  const log = createServerLog({ level, print: (line) => lines.push(line) });
  for (const each of ["error", "warn", "info", "debug"] as LogLevel[]) log.write(each, "event");
  expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(passed);
});

test("an event is one line of JSON, whatever is in it", () => {
  let text = "";
  const log = createServerLog({ level: "info", print: (line) => (text += line), now: () => 0 });
  log.write("info", "happened", { count: 3, name: 'two\nlines "quoted"', missing: undefined });
  expect(text).toBe(
    '{"at":"1970-01-01T00:00:00.000Z","level":"info","event":"happened","count":3,"name":"two\\nlines \\"quoted\\""}\n',
  );
});

test("files roll over at midnight", async () => {
  const folder = mkdtempSync(join(tmpdir(), "repartee-log-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  let atMs = DAY_MS - 1;
  const files = { folder: join(folder, "made"), name: "ours" };
  const log = createServerLog({ level: "info", print: null, files, now: () => atMs });
  log.write("info", "before");
  atMs++;
  log.write("info", "after");
  await log.close();
  expect(readdirSync(files.folder).toSorted()).toEqual(["log.ours.1970-01-01", "log.ours.1970-01-02"]);
  expect(readFileSync(join(files.folder, "log.ours.1970-01-02"), "utf8")).toContain('"event":"after"');
});

test("a folder that cannot be written is told once and holds nothing up", async () => {
  const problems: Failure[] = [];
  const files = { folder: "/dev/null/logs", name: "ours" };
  const log = createServerLog({ level: "info", print: null, files, onProblem: (problem) => problems.push(problem) });
  for (let count = 0; count < 3; count++) log.write("info", "event");
  await expect.poll(() => problems).toEqual([expect.objectContaining({ code: "output-unwritable" })]);
  await log.close();
});
