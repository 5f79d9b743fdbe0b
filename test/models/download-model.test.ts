import { hash } from "node:crypto";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { downloadModel, importModel, type DownloadOptions } from "../../src-main/models/download-model.ts";
import { readDownloadedModel } from "../../src-main/models/downloaded-model.ts";
import { downloadEntry } from "../../src-main/models/model-manifest.ts";
import type { Outcome } from "../../src-shared/failure.ts";
import { deadHost, serve } from "../play/source/audio-server.ts";

const FILE = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * n) % 251));
const SHA256 = hash("sha256", FILE, "hex");
const ENTRY = { ...downloadEntry("smart-turn"), approximateBytes: FILE.length };
const PART = "smart-turn-v3.2-cpu.onnx.f766f81d.part";
const NEVER = new AbortController().signal;

function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "repartee-downloads-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function download(
  folder: string,
  host: string,
  options: Partial<DownloadOptions> = {},
  signal = NEVER,
  entry = ENTRY,
): Promise<Outcome<string>> {
  const explain = (_error: unknown, unreachable: string): string => `${unreachable} is out of reach`;
  const all = {
    folder,
    url: `http://${host}/model`,
    sha256: SHA256,
    stallMs: 5_000,
    onProgress: () => undefined,
    explain,
  };
  return downloadModel(entry, { ...all, ...options }, signal);
}

/** A server that has the file and gives the part of it that is asked for. */
function serveFile(seen: string[] = []): Promise<string> {
  return serve((request, response) => answerRange(request, response, seen));
}

function answerRange({ headers }: IncomingMessage, response: ServerResponse, seen: string[]): void {
  seen.push(headers.range ?? "all");
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "bytes=0-")?.[1]);
  if (from >= FILE.length) {
    response.writeHead(416, { "content-range": `bytes */${FILE.length}` }).end();
    return;
  }
  const range = { "content-range": `bytes ${from}-${FILE.length - 1}/${FILE.length}` };
  response.writeHead(headers.range ? 206 : 200, {
    "content-length": FILE.length - from,
    ...(headers.range ? range : {}),
  });
  response.end(FILE.subarray(from));
}

function expectWhole(folder: string, outcome: Outcome<string>): void {
  expect(outcome).toEqual({ ok: true, value: join(folder, ENTRY.file) });
  expect(readFileSync(join(folder, ENTRY.file)).equals(FILE)).toBe(true);
  expect(readdirSync(folder).toSorted()).toEqual([ENTRY.file, `${ENTRY.file}.sha256`]);
}

test("downloads a file into a folder that is made for it, tells how far it is, and the model can be read", async () => {
  const folder = join(testFolder(), "deep", "models");
  const told: (number | undefined)[][] = [];
  const outcome = await download(folder, await serveFile(), { onProgress: (...how) => told.push(how) });
  expectWhole(folder, outcome);
  expect(told.at(-1)).toEqual([FILE.length, FILE.length]);
  const read = await readDownloadedModel("smart-turn", folder);
  expect(read.ok && Buffer.from(read.value.bytes).equals(FILE)).toBe(true);
});

test("follows redirects to another host, with the range", async () => {
  const [folder, seen] = [testFolder(), [] as string[]];
  const host = await serveFile(seen);
  const first = await serve((_, response) => void response.writeHead(302, { location: `http://${host}/cdn` }).end());
  writeFileSync(join(folder, PART), FILE.subarray(0, 1_000));
  expectWhole(folder, await download(folder, first));
  expect(seen).toEqual(["bytes=1000-"]);
});

test("what arrived before the connection broke is kept, and the next time only the rest is fetched", async () => {
  const [folder, seen] = [testFolder(), [] as string[]];
  let isBroken = true;
  const host = await serve((request, response) => {
    if (!isBroken) return answerRange(request, response, seen);
    response.writeHead(200, { "content-length": FILE.length });
    response.write(FILE.subarray(0, 200_000), () => setTimeout(() => response.destroy(), 50));
  });
  const broken = await download(folder, host);
  expect(broken).toMatchObject({ ok: false, failure: { code: "download-failed", retryable: true } });
  expect(JSON.stringify(broken)).toContain("run the same command again");
  expect(readdirSync(folder)).toEqual([PART]);
  const kept = readFileSync(join(folder, PART)).length;
  expect(kept).toBeGreaterThan(0);
  isBroken = false;
  expectWhole(folder, await download(folder, host));
  expect(seen).toEqual([`bytes=${kept}-`]);
});

test("aborting keeps what has arrived", async () => {
  const folder = testFolder();
  const abort = new AbortController();
  const host = await serve((_, response) => {
    response.writeHead(200, { "content-length": FILE.length }).write(FILE.subarray(0, 100_000));
  });
  const stop = (): void => abort.abort(new Error("Ctrl+C"));
  await expect(download(folder, host, { onProgress: stop }, abort.signal)).rejects.toThrow("Ctrl+C");
  expect(readdirSync(folder)).toEqual([PART]);
  expectWhole(folder, await download(folder, await serveFile()));
});

test("two downloads at once do not spoil each other, and a shorter answer leaves nothing of a longer one", async () => {
  const folder = testFolder();
  const host = await serve((_, response) => {
    response.writeHead(200, { "content-type": "application/octet-stream" }).write(FILE.subarray(0, 100_000));
    setTimeout(() => response.end(FILE.subarray(100_000)), 100);
  });
  const [first, second] = await Promise.all([download(folder, host), download(folder, host)]);
  expect(first).toEqual(second);
  expectWhole(folder, first);
  rmSync(join(folder, ENTRY.file));
  writeFileSync(join(folder, PART), Buffer.concat([FILE, FILE]));
  expectWhole(folder, await download(folder, host));
});

test("goes on with a part in whatever way the server answers", async () => {
  const cases = [
    { part: FILE, seen: ["bytes=300000-"] },
    { part: Buffer.concat([FILE, FILE]), seen: ["bytes=600000-", "all"] },
    { part: FILE.subarray(0, 10), seen: ["bytes=10-"] },
  ];
  for (const { part, seen: expected } of cases) {
    const [folder, seen] = [testFolder(), [] as string[]];
    writeFileSync(join(folder, PART), part);
    expectWhole(folder, await download(folder, await serveFile(seen)));
    expect(seen).toEqual(expected);
  }
  const folder = testFolder();
  writeFileSync(join(folder, PART), FILE.subarray(0, 10));
  expectWhole(folder, await download(folder, await serve((_, response) => void response.end(FILE))));
});

test("a wrong hash keeps nothing, and what was there before stays", async () => {
  const [folder, host] = [testFolder(), await serveFile()];
  await download(folder, host);
  const outcome = await download(folder, host, { sha256: "0".repeat(64) });
  expect(outcome).toMatchObject({ ok: false, failure: { code: "download-failed" } });
  expect(JSON.stringify(outcome)).toContain(`its SHA-256 is ${SHA256} instead of ${"0".repeat(64)}; nothing was kept`);
  expectWhole(folder, { ok: true, value: join(folder, ENTRY.file) });
  expect((await readDownloadedModel("smart-turn", folder)).ok).toBe(true);
});

test.each([
  [404, "has no such file (404)"],
  [403, "does not give the file to everybody (403)"],
  [401, "does not give the file to everybody (401)"],
  [429, "too many requests"],
  [503, "answers with status 503"],
])("says what status %i means and keeps nothing", async (status, says) => {
  const folder = testFolder();
  const host = await serve((_, response) => void response.writeHead(status).end("<html>no</html>"));
  const outcome = await download(folder, host);
  expect(outcome).toMatchObject({ ok: false, failure: { code: "download-failed", stage: "models" } });
  expect(JSON.stringify(outcome)).toContain(`${host} ${says.startsWith("too") ? "has had too many" : says}`);
  expect(readdirSync(folder)).toEqual([]);
});

test("without a way to the host it says why", async () => {
  const host = await deadHost();
  const outcome = await download(testFolder(), host);
  expect(outcome).toMatchObject({ ok: false, failure: { code: "download-failed", retryable: true } });
  expect(JSON.stringify(outcome)).toContain(`${host} is out of reach`);
});

test("a server that falls silent is given up, and what it sent is kept", async () => {
  const folder = testFolder();
  const host = await serve((_, response) => {
    response.writeHead(200, { "content-length": FILE.length }).write(FILE.subarray(0, 100_000));
  });
  const outcome = await download(folder, host, { stallMs: 200 });
  expect(JSON.stringify(outcome)).toContain("sent nothing for 0.2 s");
  expect(readdirSync(folder)).toEqual([PART]);
});

test("a page in place of the file is not taken for it, whether or not it says its length", async () => {
  const folder = testFolder();
  const page = await serve((_, response) => void response.setHeader("content-length", 15).end("<html>Login</>."));
  const endless = await serve((_, response) => {
    response.on("error", () => undefined);
    const send = (): void =>
      void (response.destroyed || response.write(Buffer.alloc(100_000), () => setImmediate(send)));
    send();
  });
  for (const host of [page, endless]) {
    const outcome = await download(folder, host);
    expect(outcome).toMatchObject({ ok: false, failure: { code: "download-failed" } });
    expect(JSON.stringify(outcome)).toContain("another file");
    expect(existsSync(join(folder, ENTRY.file))).toBe(false);
  }
});

test("a disk without room is told before anything is written", async () => {
  const [folder, size] = [testFolder(), 1e15];
  const host = await serve((_, response) => void response.writeHead(200, { "content-length": size }).write("x"));
  const outcome = await download(folder, host, {}, NEVER, { ...ENTRY, approximateBytes: size });
  expect(outcome).toMatchObject({ ok: false, failure: { code: "output-unwritable" } });
  expect(JSON.stringify(outcome)).toMatch(/MB free, and 10000000\d\d.\d MB are needed/);
  expect(readdirSync(folder)).toEqual([]);
});

test.skipIf(!existsSync("/dev/full"))(
  "a disk that is full is output-unwritable (skipped without /dev/full)",
  async () => {
    const folder = testFolder();
    symlinkSync("/dev/full", join(folder, PART));
    const outcome = await download(folder, await serveFile());
    expect(outcome).toMatchObject({ ok: false, failure: { code: "output-unwritable" } });
    expect(JSON.stringify(outcome)).toContain("ENOSPC");
  },
);

test("a folder that cannot be made is output-unwritable, and nothing is asked for", async () => {
  const seen: string[] = [];
  const file = join(testFolder(), "file");
  writeFileSync(file, "");
  const outcome = await download(join(file, "models"), await serveFile(seen));
  expect(outcome).toMatchObject({ ok: false, failure: { code: "output-unwritable" } });
  expect(seen).toEqual([]);
});

test("deletes parts that nobody went on with for a day, and no others", async () => {
  const folder = testFolder();
  for (const name of ["old.part", "new.part", "old.onnx"]) writeFileSync(join(folder, name), "x");
  for (const name of ["old.part", "old.onnx"]) utimesSync(join(folder, name), 0, Date.now() / 1000 - 90_000);
  expect((await download(folder, await serveFile())).ok).toBe(true);
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(["new.part", "old.onnx"]));
  expect(readdirSync(folder)).not.toContain("old.part");
});

test("takes a file that the user has: with a hash to check, or by the hash that it has", async () => {
  const [folder, from] = [join(testFolder(), "models"), join(testFolder(), "mine.onnx")];
  writeFileSync(from, FILE);
  const wrong = await importModel(ENTRY, { folder, from, sha256: "1".repeat(64) });
  expect(wrong).toMatchObject({ ok: false, failure: { code: "download-failed" } });
  expect(readdirSync(folder)).toEqual([]);
  for (const sha256 of [SHA256, undefined]) expectWhole(folder, await importModel(ENTRY, { folder, from, sha256 }));
  expect((await readDownloadedModel("smart-turn", folder)).ok).toBe(true);
  for (const path of [join(folder, "nothing"), folder]) {
    const outcome = await importModel(ENTRY, { folder, from: path, sha256: undefined });
    expect(outcome).toMatchObject({ ok: false, failure: { code: "input-missing" } });
  }
  expect(existsSync(from)).toBe(true);
});
