import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { jsonStorage } from "../../src-main/settings/json-storage.ts";
import { SettingsFile, settingsFolder } from "../../src-main/settings/settings-file.ts";

let folder = "";
let path = "";

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "repartee-settings-")), "repartee");
  path = join(folder, "settings.json");
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(join(folder, ".."), { recursive: true, force: true });
});

async function open(): Promise<SettingsFile> {
  const { file, problem } = await SettingsFile.open(folder);
  expect(problem.ok).toBe(true);
  return file;
}

test("without a file the defaults are in force, and nothing is written", async () => {
  const file = await open();
  expect(file.current).toMatchObject({ voice: "slt", speakingRateRatio: 1, languageModel: { baseUrl: "" } });
  expect(existsSync(folder)).toBe(false);
});

test("nothing leaves the machine unless the user says so", async () => {
  const { recognition, speech, endOfTurn, useEmbeddedOnFailure } = (await open()).current;
  expect(recognition).toEqual({ engine: "embedded", urls: [], apiKey: "", model: "", delayFrames: 6 });
  expect(speech).toEqual({ engine: "embedded", urls: [], apiKey: "", model: "", voice: "" });
  expect({ endOfTurn, useEmbeddedOnFailure }).toEqual({ endOfTurn: "embedded", useEmbeddedOnFailure: true });
});

test("servers in place of the embedded engines are kept in their order", async () => {
  const file = await open();
  const urls = ["http://127.0.0.1:8880/v1", "https://api.example/v1"];
  const recognition = { engine: "openai" as const, urls, apiKey: "k", model: "whisper-1", delayFrames: 32 };
  const speech = { engine: "moshi" as const, urls: ["ws://gpu.example:8089"], apiKey: "", model: "", voice: "v" };
  expect((await file.update({ recognition, speech, useEmbeddedOnFailure: false })).ok).toBe(true);
  expect((await open()).current).toMatchObject({ recognition, speech, useEmbeddedOnFailure: false });
});

test.each([-1, 0.5, 101])("a recognizer does not lag %s frames", async (delayFrames) => {
  const file = await open();
  const update = await file.update({ recognition: { ...file.current.recognition, delayFrames } });
  expect(update).toMatchObject({ ok: false, failure: { code: "settings-invalid" } });
  expect(file.current.recognition.delayFrames).toBe(6);
});

test("a change is told, saved and there the next time", async () => {
  const file = await open();
  const told: string[] = [];
  file.onChange(({ voice }) => told.push(voice));
  expect(await file.update({ voice: "kal" })).toMatchObject({ ok: true, value: { voice: "kal" } });
  expect(told).toEqual(["kal"]);
  expect((await open()).current.voice).toBe("kal");
  expect(readdirSync(folder)).toEqual(["settings.json"]);
});

test("only the user may read it", async ({ skip }) => {
  skip(process.platform === "win32", "permissions are another matter there");
  mkdirSync(folder);
  writeFileSync(path, "{}", { mode: 0o644 });
  await (await open()).update({ volumeRatio: 0.5 });
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("changes at the same time are all kept", async () => {
  const file = await open();
  const outcomes = await Promise.all([
    file.update({ voice: "kal" }),
    file.update({ volumeRatio: 0.3 }),
    file.update({ speakingRateRatio: 1.5 }),
  ]);
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true]);
  expect((await open()).current).toMatchObject({ voice: "kal", volumeRatio: 0.3, speakingRateRatio: 1.5 });
});

test("a field that a file lacks has its default, and one that is unknown does no harm", async () => {
  mkdirSync(folder);
  writeFileSync(path, '{ "voice": "kal", "fromTheFuture": 1 }');
  expect((await open()).current).toMatchObject({ voice: "kal", volumeRatio: 0.8 });
});

test.each([
  ["{ not JSON", "is not JSON"],
  ['{ "voice": "nobody" }', "voice"],
  ['{ "languageModel": { "baseUrl": "ftp://x" } }', "languageModel.baseUrl"],
  ['{ "recognition": { "engine": "vibevoice" } }', "recognition.engine"],
  ['{ "recognition": { "urls": ["ftp://x"] } }', "recognition.urls.0"],
  ['{ "speech": { "urls": "ws://x" } }', "speech.urls"],
  ["null", ""],
])("an invalid file %j gives the defaults, says why and is kept", async (text, reason) => {
  mkdirSync(folder);
  writeFileSync(path, text);
  const { file, problem } = await SettingsFile.open(folder);
  expect(problem).toMatchObject({ ok: false, failure: { code: "settings-invalid" } });
  if (!problem.ok) {
    expect(problem.failure.detail).toContain(path);
    expect(problem.failure.detail).toContain(reason);
  }
  expect(file.current.voice).toBe("slt");
  expect(readFileSync(path, "utf8")).toBe(text);
  expect((await file.update({ voice: "kal" })).ok).toBe(true);
  expect(readFileSync(`${path}.invalid`, "utf8")).toBe(text);
  expect((await open()).current.voice).toBe("kal");
});

test("an invalid file that is deleted stands in the way of nothing", async () => {
  mkdirSync(folder);
  writeFileSync(path, "{ not JSON");
  const { file } = await SettingsFile.open(folder);
  rmSync(path);
  expect((await file.update({ voice: "kal" })).ok).toBe(true);
  expect((await open()).current.voice).toBe("kal");
});

test("two programs with the same file open lose nothing of each other's changes", async () => {
  const [one, other] = [await open(), await open()];
  await one.update({ voice: "kal" });
  await other.update({ volumeRatio: 0.3 });
  await one.update({ patience: "patient" });
  expect((await open()).current).toMatchObject({ voice: "kal", volumeRatio: 0.3, patience: "patient" });
});

test("a change that could not be saved is saved with the next one", async () => {
  writeFileSync(folder, "a file where the folder should be");
  const { file } = await SettingsFile.open(folder);
  expect((await file.update({ voice: "kal" })).ok).toBe(false);
  rmSync(folder);
  expect((await file.update({ volumeRatio: 0.3 })).ok).toBe(true);
  expect((await open()).current).toMatchObject({ voice: "kal", volumeRatio: 0.3 });
});

test("a change that is not valid changes nothing", async () => {
  const file = await open();
  expect(await file.update({ volumeRatio: 7 })).toMatchObject({ ok: false, failure: { code: "settings-invalid" } });
  expect(file.current.volumeRatio).toBe(0.8);
  expect(existsSync(path)).toBe(false);
});

test("what cannot be saved holds for this session", async () => {
  writeFileSync(folder, "a file where the folder should be");
  const { file } = await SettingsFile.open(folder);
  expect(await file.update({ voice: "kal" })).toMatchObject({ ok: false, failure: { code: "settings-unwritable" } });
  expect(file.current.voice).toBe("kal");
});

test("REPARTEE_HOME comes first, then what the platform says", () => {
  vi.stubEnv("REPARTEE_HOME", "/somewhere");
  expect(settingsFolder()).toBe("/somewhere");
  vi.stubEnv("REPARTEE_HOME", "");
  expect(settingsFolder()).toMatch(/[\\/]repartee$/i);
});

test("a stored value is there the next time, and an unreadable one is none", async () => {
  const storage = await jsonStorage(path);
  expect(storage.load()).toBeUndefined();
  storage.save(() => ({ n: 1 }));
  storage.save((stored) => ({ ...(stored as object), m: 2 }));
  await vi.waitFor(async () => expect((await jsonStorage(path)).load()).toEqual({ n: 1, m: 2 }));
  writeFileSync(path, "{");
  expect((await jsonStorage(path)).load()).toBeUndefined();
});
