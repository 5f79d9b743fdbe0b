import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ENTRY } from "../fixtures/entry.ts";
import { chirp, encode, HAS_FFMPEG } from "../play/decode/fixtures.ts";
import { hangingFfmpeg, M4A_WITHOUT_INDEX } from "../play/feed/hanging-ffmpeg.ts";
import { deadHost, serve, serveSecurely } from "../play/source/audio-server.ts";
import { HAS_OPENSSL, makeCertificate } from "../play/source/certificates.ts";
import { clipWav, readPlayReport, samplesOf } from "./play-files.ts";
import { runRepartee, testFolder, type CommandRun } from "./run-repartee.ts";

const METRICS_LINE = /^ttfa [^\n]+\n$/;

function playNowhere(...args: readonly string[]): Promise<CommandRun> {
  return runRepartee(["play", "--sink", "null", ...args]);
}

/** One line of the code, exit code 1, and nothing said of a playback that was none. */
function oneFailure(code: string, detail: string): Partial<CommandRun> {
  const escaped = detail.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const line = new RegExp(`^repartee: ${code}: [^\\n]*${escaped}[^\\n]*\\n$`);
  return { exitCode: 1, stdout: "", stderr: expect.stringMatching(line) as string };
}

function inFolder(name: string, bytes?: Uint8Array): string {
  const path = join(testFolder(), name);
  if (bytes) writeFileSync(path, bytes);
  return path;
}

const WRONG_USES = [
  [[], "name either a source or a --text"],
  [["a.wav", "--text", "hello"], "name either a source or a --text"],
  [["http://:"], "http://: is not an address"],
  [["a.wav", "--jitter", "rain"], '"rain" is not a kind of jitter'],
  [["a.wav", "--jitter", "/none/trace.csv"], "there is no trace file"],
  [["a.wav", "--policy", "fixed"], "adaptive, or fixed:MS"],
  [["a.wav", "--channels", "3"], "1 to 2"],
  [["a.pcm", "--rate", "384000"], "4000 to 192000"],
  [["a.wav", "--repeat", "1.5"], "whole number from 1"],
  [["-", "--repeat", "2"], "read again"],
  [["a.wav", "--timeout", "0"], "seconds"],
  [["a.wav", "--sink", ""], "path of a file"],
  [["a.wav", "--sink", "x.wav", "--report", "./x.wav"], "--sink and --report are the same"],
  [["-", "--format", "opus-packets", "--chunk", "10"], "Opus packets"],
  [["--text", "hello", "--voice", "nobody"], "slt, kal"],
  [["--text", "hello", "--engine", "openai", "--url", "localhost"], "--url"],
] as const;

test("wrong use is one line and exit code 2", async () => {
  const runs = WRONG_USES.map(async ([args, named]) => ({ named, run: await runRepartee(["play", ...args]) }));
  for (const { named, run } of await Promise.all(runs)) {
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.stderr).toMatch(/^repartee: [^\n]+\n$/);
    expect(run.stderr).toContain(named);
  }
});

test("a server that gives nothing: none, one that refuses, one that is silent, one that has no audio", async () => {
  const dead = await deadHost();
  const silent = await serve(() => undefined);
  const host = await serve(({ url = "" }, response) => {
    const status = Number(url.slice(1)) || 200;
    response.writeHead(status, { "content-type": "text/html" }).end("<p>hello</p>");
  });
  const answers = await Promise.all([
    playNowhere(`http://${dead}/`),
    playNowhere(`http://${host}/404`),
    playNowhere(`http://${host}/500`),
    playNowhere(`http://${silent}/`, "--timeout", "0.5"),
    playNowhere(`http://${host}/page`),
  ]);
  expect(answers).toEqual([
    oneFailure("source-unreachable", `${dead} refuses connections`),
    oneFailure("source-refused", "404 Not Found"),
    oneFailure("source-refused", "500 Internal Server Error"),
    oneFailure("source-timeout", "did not answer within 0.5 s"),
    oneFailure("source-refused", "text/html where audio was expected"),
  ]);
});

test.skipIf(!HAS_OPENSSL)("a server whose certificate is not trusted", async () => {
  const { key, cert } = makeCertificate("DNS:localhost", "20200101000000Z", "20990101000000Z");
  const port = await serveSecurely(key, cert, (_, response) => void response.end(clipWav(0.1)));
  const run = await playNowhere(`https://localhost:${port}/`);
  expect(run).toEqual(oneFailure("source-unreachable", "certificate"));
});

test("no bytes, no file, no audio, no words", async () => {
  const runs = await Promise.all([
    playNowhere(inFolder("empty.mp3", new Uint8Array(0))),
    playNowhere(inFolder("none.wav")),
    playNowhere(inFolder("a.txt", Buffer.from("hello ".repeat(999)))),
    playNowhere("--text", " ... "),
  ]);
  expect(runs).toEqual([
    oneFailure("input-empty", "not a single byte"),
    oneFailure("input-missing", "there is no file"),
    oneFailure("input-unreadable", "--format"),
    oneFailure("input-empty", "no words"),
  ]);
});

describe("a source that breaks: what came is played and kept", () => {
  test("a server that stalls in mid-stream", async () => {
    const host = await serve((_, response) => {
      response.writeHead(200, { "content-type": "audio/wav" }).write(clipWav(0.4).subarray(0, 9_644));
    });
    const folder = testFolder();
    const [out, report] = [join(folder, "out.wav"), join(folder, "report.json")];
    const files = ["--sink", out, "--save", join(folder, "saved"), "--report", report];
    const run = await playNowhere(`http://${host}/`, ...files, "--timeout", "0.5");
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toMatch(METRICS_LINE);
    expect(run.stderr).toMatch(
      /^repartee: saved [^\n]+\nrepartee: source-timeout: [^\n]+ sent nothing for 0\.5 s[^\n]+\n$/,
    );
    const { last } = readPlayReport(report);
    expect(last).toMatchObject({ failure: { code: "source-timeout" }, metrics: { samplesPlayed: 4_800 } });
    expect(await samplesOf(last.saved[0]!)).toHaveLength(4_800);
    expect((await samplesOf(out)).length).toBeGreaterThanOrEqual(4_800);
  });

  test("a server that breaks off", async () => {
    const wav = clipWav(0.4);
    const host = await serve((_, response) => {
      response.writeHead(200, { "content-type": "audio/wav", "content-length": wav.length });
      response.write(wav.subarray(0, 9_644), () => setTimeout(() => response.destroy(), 100));
    });
    const run = await playNowhere(`http://${host}/`);
    expect(run).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(METRICS_LINE) as string });
    expect(run.stderr).toMatch(/^repartee: source-lost: [^\n]+broke off after 9644 of 19244 bytes[^\n]+\n$/);
  });

  test.skipIf(!HAS_FFMPEG)("an MP3 file that was cut off", async () => {
    const mp3 = encode("mp3", chirp(1));
    const folder = testFolder();
    const [path, report] = [inFolder("cut.mp3", mp3.subarray(0, 3_001)), join(folder, "report.json")];
    const run = await playNowhere(path, "--save", join(folder, "saved"), "--report", report);
    expect(run).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(METRICS_LINE) as string });
    expect(run.stderr).toMatch(/\nrepartee: source-lost: [^\n]+mp3 data ends in the middle[^\n]+\n$/);
    const { last } = readPlayReport(report);
    expect(last.metrics.audioMs).toBeGreaterThan(300);
    expect(readFileSync(last.saved.find((file) => file.endsWith(".mp3"))!)).toHaveLength(3_001);
  });
});

describe("an output that fails", () => {
  test.each(["--sink", "--report"])("%s in a folder that is not there, before anything starts", async (option) => {
    const path = join(testFolder(), "none", "out");
    const run = await playNowhere(inFolder("clip.wav", clipWav(5)), option, path);
    expect(run).toEqual(oneFailure("output-unwritable", `cannot write ${path}`));
  });

  test("--save that cannot be: everything is played, and it is a failure", async () => {
    const blocked = inFolder("file", new Uint8Array(1));
    const run = await playNowhere(inFolder("clip.wav", clipWav(0.2)), "--save", join(blocked, "below"));
    expect(run).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(METRICS_LINE) as string });
    expect(run.stderr).toMatch(/^repartee: output-unwritable: [^\n]+cannot save in [^\n]+\n$/);
  });

  test("a WAV sink whose folder goes away in mid-play", async () => {
    const folder = join(testFolder(), "gone");
    mkdirSync(folder);
    const host = await serve((_, response) => {
      response.writeHead(200, { "content-type": "audio/wav" }).end(clipWav(0.6));
      setTimeout(() => rmSync(folder, { recursive: true, force: true }), 200);
    });
    const report = join(testFolder(), "report.json");
    const run = await playNowhere(`http://${host}/`, "--sink", join(folder, "out.wav"), "--report", report);
    expect(run).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(METRICS_LINE) as string });
    expect(run.stderr).toMatch(/^repartee: output-unwritable: [^\n]+\n$/);
    expect(readPlayReport(report).last.metrics.samplesPlayed).toBe(14_400);
  });

  test("an M4A that is kept until its index comes, on a disk that is full", async () => {
    const folder = testFolder();
    writeFileSync(join(folder, "a.m4a"), M4A_WITHOUT_INDEX);
    const spools = testFolder();
    const env = { ...process.env, PATH: hangingFfmpeg(folder), TMPDIR: spools, REPARTEE_HOME: folder };
    const command = [process.execPath, ENTRY, "play", "--sink", "null", join(folder, "a.m4a")];
    // No file may become larger than 16 kB.
    const run = spawnSync("bash", ["-c", 'ulimit -f 16; exec "$@"', "bash", ...command], { env, encoding: "utf8" });
    expect(run).toMatchObject({ status: 1, stdout: "" });
    expect(run.stderr).toMatch(/^repartee: output-unwritable: [^\n]+ kept in [^\n]+\n$/);
    expect(readdirSync(spools)).toEqual([]);
  });

  test("an event log that cannot be written is a warning", async () => {
    const blocked = inFolder("file", new Uint8Array(1));
    const run = await playNowhere(inFolder("clip.wav", clipWav(0.2)), "--events", join(blocked, "e.jsonl"));
    expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(METRICS_LINE) as string });
    expect(run.stderr).toMatch(/^repartee: warning: [^\n]+\n$/);
    expect(existsSync(blocked)).toBe(true);
  });
});
