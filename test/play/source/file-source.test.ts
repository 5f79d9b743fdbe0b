import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { FileSource } from "../../../src-main/play/source/file-source.ts";
import { countingBytes, failureLine, openSource, receive, until } from "./open-source.ts";

const FOLDER = mkdtempSync(join(tmpdir(), "file-source-"));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const AUDIO = countingBytes(200_000);
const PATH = join(FOLDER, "audio.mp3");
writeFileSync(PATH, AUDIO);

test("reads a file 64 KiB at a time and knows its length", async () => {
  const source = new FileSource(PATH);
  expect(source.name).toBe(PATH);
  const { totalBytes, declaredEncoding } = await openSource(source);
  expect({ totalBytes, declaredEncoding }).toEqual({ totalBytes: 200_000, declaredEncoding: undefined });
  const { bytes, chunks, failure } = await receive(source);
  expect(failure).toBeUndefined();
  expect(bytes).toEqual(AUDIO);
  expect(chunks.map(({ length }) => length)).toEqual([65_536, 65_536, 65_536, 3_392]);
});

test("an empty file is a stream without chunks", async () => {
  const path = join(FOLDER, "empty");
  writeFileSync(path, "");
  expect((await openSource(new FileSource(path))).totalBytes).toBe(0);
  expect((await receive(new FileSource(path))).chunks).toEqual([]);
});

test("says that there is no such file, that it is a folder, that it may not be read", async () => {
  const missing = join(FOLDER, "missing.mp3");
  expect(await failureLine(new FileSource(missing))).toBe(`input-missing: there is no file ${missing}`);
  expect(await failureLine(new FileSource(join(PATH, "x")))).toBe(`input-missing: there is no file ${join(PATH, "x")}`);
  const folder = join(FOLDER, "folder");
  mkdirSync(folder);
  expect(await failureLine(new FileSource(folder))).toBe(`input-unreadable: ${folder} is a folder, not a file`);
});

test.skipIf(process.getuid?.() === 0)("says that a file may not be read (root may read all)", async () => {
  const path = join(FOLDER, "locked");
  writeFileSync(path, "x");
  chmodSync(path, 0);
  expect(await failureLine(new FileSource(path))).toBe(`input-unreadable: ${path} may not be read: permission denied`);
});

test("aborting rejects with the signal's reason", async () => {
  const reason = new Error("enough");
  await expect(new FileSource(PATH).open(AbortSignal.abort(reason))).rejects.toBe(reason);
  const stop = new AbortController();
  const reader = (await openSource(new FileSource(PATH), stop.signal)).chunks[Symbol.asyncIterator]();
  await reader.next();
  stop.abort(reason);
  await expect(reader.next()).rejects.toBe(reason);
  expect(await reader.next()).toEqual({ done: true, value: undefined });
});

test.skipIf(process.platform !== "linux")(
  "closes the file at the end, when left and on abort (needs /proc)",
  async () => {
    const before = openFiles();
    await receive(new FileSource(PATH));
    await (await openSource(new FileSource(PATH))).chunks[Symbol.asyncIterator]().return?.();
    for await (const chunk of (await openSource(new FileSource(PATH))).chunks) if (chunk) break;
    const stop = new AbortController();
    await openSource(new FileSource(PATH), stop.signal);
    stop.abort();
    await until(() => openFiles() <= before);
    expect(openFiles()).toBeLessThanOrEqual(before);
  },
);

test.skipIf(process.platform === "win32")("reads a named pipe, and can be left while nobody writes to it", async () => {
  const path = join(FOLDER, "pipe");
  execFileSync("mkfifo", [path]);
  const writer = spawn("sh", ["-c", `exec > '${path}'; printf audio; sleep 5`]);
  const { chunks, totalBytes } = await openSource(new FileSource(path));
  expect(totalBytes).toBeUndefined();
  const reader = chunks[Symbol.asyncIterator]();
  expect((await reader.next()).value).toHaveLength(5);
  const next = reader.next();
  await reader.return?.();
  expect(await next).toEqual({ done: true, value: undefined });
  writer.kill();
});

function openFiles(): number {
  return readdirSync("/proc/self/fd").length;
}
