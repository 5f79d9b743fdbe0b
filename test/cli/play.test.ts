import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocketServer } from "ws";
import { findProgram } from "../e2e/rig/tethered-process.ts";
import { chirp, encode, HAS_FFMPEG } from "../play/decode/fixtures.ts";
import { serve } from "../play/source/audio-server.ts";
import { clip, clipWav, differenceAt, placeOf, readEvents, readPlayReport, samplesOf, STEP } from "./play-files.ts";
import { ENTRY } from "../fixtures/entry.ts";
import { runRepartee, testFolder, type CommandOptions } from "./run-repartee.ts";

const METRICS_LINE = /^ttfa \d+\.\d\ds · gen \d+\.\d\ds · play \d+\.\d\ds · \d+ underruns?[^\n]*\n$/;
/** Playback fades in over 5 ms. */
const FADE_SAMPLES = 120;

/** Plays nowhere, with a report, and gives the last run of it; `args` may say otherwise. */
async function played(args: readonly string[], options?: CommandOptions) {
  const report = join(testFolder(), "report.json");
  const run = await runRepartee(["play", "--sink", "null", "--report", report, ...args], options);
  return { ...run, ...readPlayReport(report).last };
}

function clipFile(seconds: number): string {
  const path = join(testFolder(), "clip.wav");
  writeFileSync(path, clipWav(seconds));
  return path;
}

const ENCODINGS = ["s24le", "mp3", "ogg-opus", "flac", "ogg-vorbis", "aac"] as const;

test.skipIf(!HAS_FFMPEG)("files of every kind of encoding", async () => {
  const folder = testFolder();
  const plays = ENCODINGS.map(async (encoding) => {
    const path = join(folder, `clip-${encoding}`);
    writeFileSync(path, encode(encoding, chirp(1).subarray(0, 16_000)));
    const args = encoding === "s24le" ? ["--format", encoding] : [];
    return { encoding, run: await played([path, ...args, "--chunk", "500"]) };
  });
  for (const { encoding, run } of await Promise.all(plays)) {
    expect(run).toMatchObject({ exitCode: 0, stderr: "", encoding, interrupted: false, saved: [] });
    expect(run.failure).toBeUndefined();
    expect(run.stdout).toMatch(METRICS_LINE);
    const { metrics } = run;
    expect(metrics.audioMs).toBeGreaterThan(320);
    expect(metrics.audioMs).toBeLessThan(450);
    expect(metrics).toMatchObject({ decodeErrors: 0, chunksAfterEnd: 0, audioPath: "null" });
    expect(metrics.firstSampleDecodedMs).toBeGreaterThanOrEqual(metrics.ttfbMs ?? Infinity);
  }
});

test("a WAV sink holds the source, sample by sample, without a gap", async () => {
  const out = join(testFolder(), "out.wav");
  const run = await played([
    clipFile(0.6),
    "--sink",
    out,
    "--chunk",
    "777",
    "--jitter",
    "rtf:0.3,wifi:20",
    "--policy",
    "fixed:150",
  ]);
  expect(run).toMatchObject({ exitCode: 0, stderr: "", metrics: { samplesPlayed: 14_400, audioPath: "file" } });
  const [heard, source] = [await samplesOf(out), clip(0.6)];
  const offset = placeOf(source, heard, FADE_SAMPLES);
  expect(offset).toBeGreaterThanOrEqual(0);
  expect(differenceAt(heard, offset, source, FADE_SAMPLES)).toBeLessThan(STEP);
  expect(heard.subarray(0, offset).every((sample) => sample === 0)).toBe(true);
  const behind = heard.subarray(offset + source.length);
  expect(behind.length).toBeGreaterThanOrEqual(FADE_SAMPLES);
  expect(behind.subarray(FADE_SAMPLES).every((sample) => sample === 0)).toBe(true);
});

test("standard input, piece by piece, as raw samples of another rate", async () => {
  async function* input(): AsyncGenerator<Uint8Array> {
    const bytes = clipWav(0.5).subarray(44);
    for (let at = 0; at < bytes.length; at += 3_001) {
      yield bytes.subarray(at, at + 3_001);
      await delay(10);
    }
  }
  const run = await played(["-", "--format", "s16le", "--rate", "12000", "--channels", "2"], { input: input() });
  expect(run).toMatchObject({ exitCode: 0, stderr: "", metrics: { audioMs: 500, bytesReceived: 24_000 } });
});

test("a WebSocket", async () => {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => server.close());
  server.on("connection", (socket) => {
    const wav = clipWav(0.4);
    for (let at = 0; at < wav.length; at += 1_000) socket.send(wav.subarray(at, at + 1_000));
    socket.close(1000);
  });
  await new Promise((resolve) => server.once("listening", resolve));
  const run = await played([`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`]);
  expect(run).toMatchObject({ exitCode: 0, stderr: "", metrics: { audioMs: 400, chunksReceived: 20 } });
});

test("a text of the embedded engine, under a bad network, in whatever format is asked for", async () => {
  const folder = testFolder();
  const [out, events] = [join(folder, "out.wav"), join(folder, "events.jsonl")];
  const text = "Good morning.";
  const args = ["--text", text, "--voice", "kal", "--jitter", "slow-start:200,rtf:0.3", "--rate", "8000"];
  const run = await played([...args, "--sink", out, "--events", events]);
  expect(run).toMatchObject({ exitCode: 0, stderr: "", metrics: { decodeErrors: 0, underruns: 0 } });
  expect(run.metrics.audioMs).toBeGreaterThan(400);
  expect(run.metrics.audioMs).toBeLessThan(2_000);
  expect(run.metrics.ttfbMs).toBeGreaterThan(190);
  expect(await samplesOf(out)).not.toHaveLength(0);
  const request = readEvents(events).find((event) => event.event_type === "TTS_REQUEST");
  expect(request?.data).toEqual({ message_characters: text.length, engine: "flite", voice: "kal" });
  expect(readFileSync(events, "utf8")).not.toContain("morning");
});

test("a text of a speech server", async () => {
  const asked: unknown[] = [];
  const host = await serve((request, response) => {
    let body = "";
    request.on("data", (text: Buffer) => (body += text.toString()));
    request.on("end", () => {
      asked.push([request.url, JSON.parse(body), request.headers.authorization]);
      response.writeHead(200, { "content-type": "audio/pcm" }).end(clipWav(0.3).subarray(44));
    });
  });
  const args = ["--text", "Good morning.", "--engine", "openai", "--url", `http://${host}/v1`, "--voice", "nova"];
  const run = await played([...args, "--model", "m"], { env: { REPARTEE_SPEECH_KEY: "key" } });
  expect(run).toMatchObject({ exitCode: 0, stderr: "", encoding: "s16le", metrics: { audioMs: 300 } });
  const body = { model: "m", input: "Good morning.", voice: "nova", response_format: "pcm" };
  expect(asked).toEqual([["/v1/audio/speech", body, "Bearer key"]]);
});

test("a fixed start waits for what it is told; a slow source then leaves gaps, and every one is counted", async () => {
  const events = join(testFolder(), "events.jsonl");
  const args = [clipFile(0.6), "--policy", "fixed:100", "--jitter", "rtf:1.5", "--events", events];
  const { metrics, exitCode } = await played(args);
  expect(exitCode).toBe(0);
  expect(metrics.startThresholdMs).toBeGreaterThanOrEqual(100);
  expect(metrics.underruns).toBeGreaterThan(0);
  expect(metrics.samplesPlayed).toBe(14_400);
  expect(readEvents(events).filter((event) => event.event_type === "UNDERRUN")).toHaveLength(metrics.underruns);
});

test.skipIf(!HAS_FFMPEG)("again and again: every run is told, reported, saved and logged", async () => {
  const folder = testFolder();
  const at = (name: string): string => join(folder, name);
  writeFileSync(at("clip.mp3"), encode("mp3", chirp(0.4)));
  const files = ["--report", at("r.json"), "--events", at("e.jsonl"), "--save", at("saved")];
  const run = await runRepartee(["play", at("clip.mp3"), "--sink", "null", "--repeat", "3", ...files]);
  expect(run.exitCode).toBe(0);
  expect(run.stdout.split("\n")).toHaveLength(4);
  const { runs } = readPlayReport(at("r.json"));
  expect(runs).toHaveLength(3);
  const saved = runs.flatMap((each) => each.saved);
  expect(run.stderr).toBe(saved.map((path) => `repartee: saved ${path}\n`).join(""));
  expect(saved.filter((path) => path.endsWith(".mp3"))).toHaveLength(3);
  for (const path of saved.filter((each) => each.endsWith(".wav"))) expect(await samplesOf(path)).not.toHaveLength(0);
  for (const path of saved.filter((each) => each.endsWith(".mp3"))) {
    expect(readFileSync(path)).toEqual(readFileSync(at("clip.mp3")));
  }
  const events = readEvents(at("e.jsonl"));
  const names = ["SESSION_START", "TTS_REQUEST", "TTS_START", "TTS_PLAYBACK_START", "TTS_FIRST_AUDIO"];
  const sequence = [...names, "TTS_PLAYBACK_END", "RECORDING_SAVED", "SESSION_END"];
  expect(events.map((event) => event.event_type)).toEqual([...sequence, ...sequence, ...sequence]);
  expect(new Set(events.map((event) => event.session_id)).size).toBe(3);
  expect(events.at(-1)?.data).toMatchObject({ result: "completed" });
});

describe("Ctrl+C", () => {
  test("in mid-play tells how it went, and completes every file", async () => {
    const folder = testFolder();
    const at = (name: string): string => join(folder, name);
    const started = Promise.withResolvers<void>();
    const host = await serve((_, response) => {
      response.writeHead(200, { "content-type": "audio/wav" });
      response.write(clipWav(5));
      setTimeout(() => started.resolve(), 800);
    });
    const files = ["--sink", at("out.wav"), "--save", at("saved"), "--events", at("e.jsonl"), "--report", at("r.json")];
    const run = await runRepartee(["play", `http://user:secret@${host}/`, ...files], { interruption: started.promise });
    expect(run.exitCode).toBe(130);
    expect(run.stdout).toMatch(METRICS_LINE);
    expect(run.stderr).toMatch(/^repartee: saved [^\n]+\n$/);
    const { last, source } = readPlayReport(at("r.json"));
    expect(source).toBe(`http://${host}/`);
    expect(last).toMatchObject({ interrupted: true });
    expect(last.failure).toBeUndefined();
    expect(last.metrics.samplesPlayed).toBeGreaterThan(1_000);
    expect(last.metrics.samplesPlayed).toBeLessThan(100_000);
    expect((await samplesOf(at("out.wav"))).length).toBeGreaterThanOrEqual(last.metrics.samplesPlayed);
    expect(await samplesOf(last.saved[0]!)).toHaveLength(5 * 24_000);
    expect(readEvents(at("e.jsonl")).map((event) => event.event_type)).toContain("TOOL_CANCELLED");
    expect(readEvents(at("e.jsonl")).at(-1)?.data).toMatchObject({ result: "cancelled" });
    expect(readdirSync(folder).filter((name) => name.includes("part"))).toEqual([]);
  });

  test("before anything came ends it at once, with nothing to tell", async () => {
    const asked = Promise.withResolvers<void>();
    const host = await serve(() => asked.resolve());
    const run = await runRepartee(["play", `http://${host}/`, "--sink", "null"], { interruption: asked.promise });
    expect(run).toEqual({ exitCode: 130, stdout: "", stderr: "" });
  });
});

const script = findProgram("script");

test.skipIf(!script || process.platform !== "linux")("on a terminal a line shows how it stands, and goes", () => {
  const command = [process.execPath, ENTRY, "play", clipFile(0.6), "--sink", "null"]
    .map((word) => `'${word}'`)
    .join(" ");
  const screen = execFileSync(script!, ["-qec", command, "/dev/null"], { encoding: "utf8", timeout: 20_000 });
  expect(screen).toMatch(/\r\d+\.\ds {2}heard \d+\.\ds {2}buffer \[[#.]{20}\] \d+\.\d\ds {2}underruns 0/);
  expect(screen).toContain("\r\u001b[Kttfa ");
});

test.skipIf(process.platform !== "linux")("a machine without a sound output says so, soon and once", async () => {
  const nowhere = join(testFolder(), "none");
  const env = { ALSA_CONFIG_PATH: nowhere, PULSE_SERVER: nowhere, PIPEWIRE_REMOTE: nowhere };
  const startedAtMs = performance.now();
  const run = await runRepartee(["play", clipFile(0.4), "--repeat", "2"], { env });
  expect(performance.now() - startedAtMs).toBeLessThan(8_000);
  expect(run).toMatchObject({ exitCode: 1, stdout: "" });
  const ours = run.stderr.split("\n").filter((line) => line.startsWith("repartee:"));
  expect(ours).toEqual([expect.stringMatching(/^repartee: output-missing: /)]);
  expect(existsSync(nowhere)).toBe(false);
});
