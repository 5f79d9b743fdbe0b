import { spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { appendLines } from "../../src-main/files/append-lines.ts";

let folder = "";
let file = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "repartee-append-"));
  file = join(folder, "lines");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ["nothing there", undefined, "a\nb\n"],
  ["an empty file", "", "a\nb\n"],
  ["whole lines", "x\ny\n", "x\ny\na\nb\n"],
  ["a torn last line", "x\nhalf a li", "x\nhalf a li\na\nb\n"],
])("lines come after what is there, which stays: %s", async (_name, before, after) => {
  if (before !== undefined) writeFileSync(file, before);
  expect(await appendLines(file, ["a\n", "b\n"])).toEqual({ written: 2 });
  expect(readFileSync(file, "utf8")).toBe(after);
});

test("letters of more than one byte are counted as what they are", async () => {
  writeFileSync(file, "½");
  expect(await appendLines(file, ["é\n", "中文\n", "😀\n"])).toEqual({ written: 3 });
  expect(readFileSync(file, "utf8")).toBe("½\né\n中文\n😀\n");
});

test("two writers at once leave every line whole", async () => {
  const write = async (writer: string): Promise<void> => {
    for (let n = 0; n < 300; n += 1) {
      const lines = Array.from({ length: 60 }, (_, line) => `${writer} ${n} ${line} ${"x".repeat(100)}\n`);
      expect(await appendLines(file, lines)).toEqual({ written: 60 });
    }
  };
  await Promise.all(["one", "other"].map(write));
  const lines = readFileSync(file, "utf8").split("\n");
  expect(lines.pop()).toBe("");
  expect(lines).toHaveLength(36_000);
  expect(lines.every((line) => /^(one|other) \d+ \d+ x{100}$/.test(line))).toBe(true);
});

test("a pipe that is read slowly gets every line whole and in order", async () => {
  expect(spawnSync("mkfifo", [file]).status).toBe(0);
  const reader = openSync(file, constants.O_RDWR | constants.O_NONBLOCK);
  const lines = Array.from({ length: 3000 }, (_, n) => `${n} ${"x".repeat(100)}\n`);
  let failures = 0;
  const writing = (async () => {
    let written = 0;
    while (written < lines.length) {
      const appended = await appendLines(file, lines.slice(written));
      written += appended.written;
      failures += appended.error ? 1 : 0;
      await pause(5);
    }
  })();
  await vi.waitFor(() => expect(failures).toBeGreaterThan(0), { timeout: 10_000 });
  let text = "";
  await vi.waitFor(
    () => {
      const piece = Buffer.alloc(20_000);
      text += piece.toString("latin1", 0, readSync(reader, piece));
      expect(text).toHaveLength(lines.join("").length);
    },
    { timeout: 10_000, interval: 5 },
  );
  closeSync(reader);
  expect(text).toBe(lines.join(""));
  await writing;
});

test("where nothing can be written there is an error and no line", async () => {
  expect(await appendLines(folder, ["a\n"])).toMatchObject({ written: 0, error: { code: "EISDIR" } });
  expect(await appendLines("/proc/none/a", ["a\n"])).toMatchObject({ written: 0, error: { code: "ENOENT" } });
});
