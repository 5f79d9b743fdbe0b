import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import {
  CAPTURE_FRAME_SAMPLES,
  CAPTURE_RATE_HZ,
  PLAYBACK_RATE_HZ,
  RECOGNITION_RATE_HZ,
} from "../../src-shared/audio-format.ts";
import { resampleAll } from "../../src-main/streaming-resampler.ts";
import { createMoonshineTranscriber } from "../../src-main/transcribe/moonshine-transcriber.ts";
import { encodeAudio, encodePacket, encodeText, PACKET_KINDS } from "../../src-main/wire/framed-pcm/packet-codec.ts";
import { FramedPcmHost } from "../../src-main/wire/framed-pcm/framed-pcm-host.ts";
import { STEP_SAMPLES } from "../../src-main/wire/served-conversation.ts";
import { ENTRY } from "../fixtures/entry.ts";
import { spokenText, withSilence } from "../fixtures/speech.ts";
import { normalizedWords, wordErrorRate } from "../fixtures/word-error-rate.ts";
import { PacketPeer } from "../wire/framed-pcm/packet-peer.ts";
import { testFolder } from "./run-repartee.ts";

const TIMEOUT_MS = 90_000;
const FRAME = encodeAudio(new Float32Array(STEP_SAMPLES));
const SOUND = { kind: PACKET_KINDS.audio, body: expect.objectContaining({ length: 3_840 }) };

/** Writes to standard output now and then, as libraries do; in every thread, as soon as the output is for packets alone. */
const NOISE = `data:text/javascript,${encodeURIComponent(`
  import { isMainThread } from "node:worker_threads";
  const speak = () => console.log("noise of " + (isMainThread ? "the main thread" : "a worker"));
  setInterval(() => (!isMainThread || Object.hasOwn(process.stdout, "write")) && speak(), 20).unref();
`)}`;

function startStdio(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): PacketPeer {
  const home = { REPARTEE_HOME: testFolder() };
  return new PacketPeer(process.execPath, [ENTRY, "stdio", ...args], { ...process.env, ...home, ...env });
}

/** From the first loud sample to the last, with a little silence around. */
function loudPart(pcm: Float32Array): Float32Array {
  const isLoud = (sample: number): boolean => Math.abs(sample) > 0.01;
  const margin = RECOGNITION_RATE_HZ / 5;
  return pcm.subarray(Math.max(0, pcm.findIndex(isLoud) - margin), pcm.findLastIndex(isLoud) + margin);
}

/** Packets of sound of a size that fits nothing. */
function* oddPackets(pcm: Float32Array): Generator<Uint8Array> {
  for (let from = 0; from < pcm.length; from += 500) yield encodeAudio(pcm.subarray(from, from + 500));
}

function joined(pieces: readonly Float32Array[]): Float32Array {
  const pcm = new Float32Array(pieces.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const piece of pieces) {
    pcm.set(piece, at);
    at += piece.length;
  }
  return pcm;
}

test(
  "a peer that waits for one packet after each gets it, and mistakes do not end it",
  { timeout: TIMEOUT_MS },
  async () => {
    const options = ["--voice-prompt", "NATF0.pt", "--device", "cuda", "--greedy", "--eof-drain-frames", "3"];
    const peer = startStdio(options, { NODE_OPTIONS: `--import ${NOISE}` });
    expect(await peer.next()).toMatchObject({ kind: PACKET_KINDS.handshake, body: { length: 0 } });
    for (let turn = 0; turn < 250; turn++) {
      peer.send(FRAME);
      expect(await peer.next()).toMatchObject(SOUND);
    }
    peer.send(
      encodePacket(PACKET_KINDS.ping),
      encodePacket(PACKET_KINDS.audio, new Uint8Array(3_841)),
      encodePacket(9),
    );
    peer.send(encodeText(PACKET_KINDS.text, "hello"), encodeAudio(new Float32Array(10)), FRAME.subarray(0, 1_000));
    expect(await peer.end()).toBe(0);
    expect(peer.errors).toEqual([
      expect.stringMatching(/^invalid audio payload: \S/),
      "unknown message kind 9",
      "unknown message kind 2",
      "stdin ended with incomplete frame payload.",
    ]);
    expect(peer.sound.map(({ length }) => length)).toEqual(Array.from({ length: 250 + 1 + 3 }, () => STEP_SAMPLES));
    expect(peer.isGarbled).toBe(false);
    expect(peer.stderr).toContain("--voice-prompt, --greedy, --device: without meaning here");
    expect(peer.stderr).toContain("noise of the main thread");
    expect(peer.stderr).toContain("noise of a worker");
  },
);

test("a question that comes all at once is answered in sound and text", { timeout: TIMEOUT_MS }, async () => {
  const question = await spokenText("How many minutes are in three hours?", "slt", CAPTURE_RATE_HZ);
  const input = withSilence(question, CAPTURE_RATE_HZ, 600, 1_200);
  const peer = startStdio(["--eof-drain-frames", "60"]);
  await peer.sendAll(oddPackets(input));
  expect(await peer.end()).toBe(0);
  expect(peer.sound).toHaveLength(Math.ceil(input.length / STEP_SAMPLES) + 60);
  expect(peer.errors).toEqual([]);
  expect(normalizedWords(peer.text).join(" ")).toBe("three hours are one hundred eighty minutes");
  expect(peer.text).toMatch(/^( \S+)+$/);
  const transcriber = createMoonshineTranscriber({ modelsFolder: undefined });
  try {
    const pcm = await resampleAll(joined(peer.sound), PLAYBACK_RATE_HZ, RECOGNITION_RATE_HZ);
    const heard = await transcriber.transcribe({ pcm: loudPart(pcm) }, new AbortController().signal);
    expect(heard.ok ? wordErrorRate(peer.text, heard.value.text) : 1).toBeLessThan(0.3);
  } finally {
    await transcriber.close();
  }
});

test("its own host holds a conversation with it in real time", { timeout: TIMEOUT_MS }, async () => {
  const question = await spokenText("What is ten minus three?", "slt", CAPTURE_RATE_HZ);
  const input = withSilence(question, CAPTURE_RATE_HZ, 500, 20_000);
  const { promise: ready, resolve: tellReady } = Promise.withResolvers<void>();
  let [text, loudSamples] = ["", 0];
  const host = new FramedPcmHost({
    command: process.execPath,
    args: [ENTRY, "stdio"],
    env: { ...process.env, REPARTEE_HOME: testFolder() },
    output: {
      write: (pcm) => (loudSamples += pcm.filter((sample) => Math.abs(sample) > 0.01).length),
      text: (piece) => (text += piece),
    },
    onState: ({ kind }) => kind === "ready" && tellReady(),
  });
  try {
    await ready;
    const readyAtMs = performance.now();
    for (
      let from = 0;
      from < input.length && !/seven/.test(normalizedWords(text).join(" "));
      from += CAPTURE_FRAME_SAMPLES
    ) {
      host.hear(input.subarray(from, from + CAPTURE_FRAME_SAMPLES));
      await delay(Math.max(0, readyAtMs + (from * 1_000) / CAPTURE_RATE_HZ - performance.now()));
    }
    expect(normalizedWords(text).join(" ")).toMatch(/seven/);
    expect(loudSamples).toBeGreaterThan(PLAYBACK_RATE_HZ / 10);
  } finally {
    await host.close();
  }
});

test("a length above the limit is an error with exit code 2", { timeout: TIMEOUT_MS }, async () => {
  const peer = startStdio(["--max-payload-bytes", "4000"]);
  peer.send(FRAME, encodePacket(PACKET_KINDS.audio, new Uint8Array(4_000)), FRAME);
  expect(await peer.exited()).toBe(2);
  expect(peer.sound).toHaveLength(1);
  expect(peer.errors).toEqual([expect.stringMatching(/^protocol parse error: \S/)]);
});

test("without a reader it ends quietly", { timeout: TIMEOUT_MS }, async () => {
  const peer = startStdio();
  await peer.next();
  peer.child.stdout.destroy();
  peer.send(FRAME, FRAME);
  expect(await peer.exited()).toBe(0);
  expect(peer.stderr).not.toContain("repartee:");
});

test("without its models it says why, with exit code 1 and no packets", { timeout: TIMEOUT_MS }, async () => {
  const peer = startStdio([], { REPARTEE_MODELS: testFolder() });
  expect(await peer.exited()).toBe(1);
  expect(peer.packets).toEqual([]);
  expect(peer.stderr).toContain("repartee: model-missing");
});
