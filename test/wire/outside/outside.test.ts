import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CAPTURE_RATE_HZ } from "../../../src-shared/audio-format.ts";
import { OggOpusEncoder } from "../../../src-main/wire/ogg-opus/ogg-opus-encoder.ts";
import { STEP_SAMPLES } from "../../../src-main/wire/served-conversation.ts";
import type { TimedWord } from "../../../src-main/wire/served-engines.ts";
import { findProgram } from "../../e2e/rig/tethered-process.ts";
import { matchWords } from "../../fixtures/match-words.ts";
import { spokenText, withSilence } from "../../fixtures/speech.ts";
import { famousSpeech, placedWords } from "../../fixtures/spoken-stream.ts";
import { normalizedWords, wordErrorRate } from "../../fixtures/word-error-rate.ts";
import { hearOutside, outsideSkipReason, speakOutside, talkOutside, type HeardOutside } from "./outside-clients.ts";
import { ServingProcess } from "./serving-process.ts";

const KEY = "outside";
const SPEED = 10;
/** As fast as people talk: a server that falls behind hears more before it looks again, and finds other words. */
const REAL_TIME = 1;
const STEPS_PER_SECOND = 12.5;
const NEAR_SECONDS = 0.15;
const READY_THRICE = Array.from({ length: 3 }, () => ({ type: "Ready" }));
const TEXT = "Good morning, the museum is closed on Mondays. But the library next door opens every day.";

const reason = outsideSkipReason();
const speech = await famousSpeech();
const ffmpeg = findProgram("ffmpeg");

/** What holds of every session that was served. */
function expectProtocol(heard: HeardOutside): void {
  expect(heard.faults).toEqual([]);
  expect(heard.first).toEqual({ type: "Ready" });
  expect(heard.types).toEqual(["EndWord", "Marker", "Step", "Word"]);
  expect(heard.marker_after).not.toBeNull();
  expect(heard.words_after_marker).toBe(0);
  expect(Math.abs(heard.steps - heard.audio_seconds * STEPS_PER_SECOND)).toBeLessThanOrEqual(1);
  expect(heard.probabilities).toEqual([4]);
  expect(heard.likely.flat().every((probability) => probability >= 0 && probability <= 1)).toBe(true);
  for (const [index, { start, stop }] of heard.words.entries()) {
    expect(start).toBeGreaterThanOrEqual(heard.words[index - 1]?.start ?? 0);
    expect(stop).toBeGreaterThanOrEqual(start);
  }
}

describe.skipIf(reason)(`clients in Python${reason ? ` (skipped, ${reason})` : ""}`, { timeout: 60_000 }, () => {
  let server: ServingProcess;
  beforeAll(async () => void (server = await ServingProcess.start(["--batch-size", "3", "--api-key", KEY])));
  afterAll(() => server.end());
  const hear = (recordings: readonly Float32Array[], { speed = SPEED, key = KEY } = {}) =>
    hearOutside(server.socketUrl("/api/asr-streaming"), recordings, { speed, key });
  const speak = (format: string) =>
    speakOutside(server.socketUrl("/api/tts_streaming"), TEXT, { format, key: KEY, pauseMs: 10 });

  async function transcribed(wav: Uint8Array<ArrayBuffer>): Promise<string> {
    const headers = { "kyutai-api-key": KEY };
    const answer = await fetch(`${server.url}/api/asr-streaming`, { method: "POST", headers, body: wav });
    const messages = (await answer.json()) as readonly { readonly type: string; readonly text: string }[];
    return messages.flatMap(({ type, text }) => (type === "Word" ? [text] : [])).join(" ");
  }

  test.skipIf(!speech)("recognition: the words of a speech, then the marker (skipped without jfk.wav)", async () => {
    const [heard] = await hear([speech?.pcm as Float32Array]);
    expectProtocol(heard as HeardOutside);
    expect(wordErrorRate(speech?.text ?? "", heard?.words.map(({ text }) => text).join(" ") ?? "")).toBeLessThan(0.05);
  });

  test("recognition: words are where they were put, with three clients at once", { retry: 1 }, async () => {
    const streams = await Promise.all([0, 60, 120].map((gapMs) => placedWords(gapMs, 2)));
    const recordings = streams.map(({ pcm }) => pcm);
    const sessions = await hear(recordings, { speed: REAL_TIME });
    const pairs = sessions.flatMap((heard, index) => {
      expectProtocol(heard);
      return matchWords(streams[index]?.words as readonly TimedWord[], heard.words);
    });
    expect(pairs.length).toBeGreaterThan(0.8 * streams.flatMap(({ words }) => words ?? []).length);
    const near = pairs.filter(([said, told]) => Math.abs(told.start - said.startMs / 1000) <= NEAR_SECONDS);
    expect(near.length / pairs.length).toBeGreaterThanOrEqual(0.9);
  });

  test("recognition: no key is 401, and the fourth of three clients is told so", async () => {
    const silence = new Float32Array(CAPTURE_RATE_HZ);
    expect(await hear([silence], { key: "wrong" })).toEqual([{ status: 401 }]);
    const sessions = await hear([silence, silence, silence, silence]);
    const firsts = sessions.map(({ first }) => first).toSorted((a, b) => a.type.localeCompare(b.type));
    expect(firsts).toEqual([{ type: "Error", message: "no free channels" }, ...READY_THRICE]);
  });

  test("speech: words with their times in messages of 80 ms, then a close; it can be understood", async () => {
    const { texts, samples, lengths, close_code, file } = await speak("PcmMessagePack");
    expect(texts.map(({ text }) => text).join(" ")).toBe(TEXT);
    for (const [index, { start, stop }] of texts.entries()) {
      expect(start).toBeGreaterThanOrEqual(texts[index - 1]?.stop ?? 0);
      expect(stop).toBeGreaterThan(start);
      expect(stop).toBeLessThanOrEqual(samples / CAPTURE_RATE_HZ);
    }
    expect([lengths, close_code]).toEqual([[1_920], 1000]);
    expect(wordErrorRate(TEXT, await transcribed(new Uint8Array(file)))).toBeLessThanOrEqual(0.15);
  });

  test("conversation: a question is answered in words and in sound, which can be understood", async () => {
    const spoken = await spokenText("How many minutes are in three hours?", "slt", CAPTURE_RATE_HZ);
    const question = withSilence(spoken, CAPTURE_RATE_HZ, 600, 4_500);
    const encoder = await OggOpusEncoder.create();
    const opus = Buffer.concat([encoder.header, encoder.push(question), encoder.finish()]);
    const options = { speed: 4, key: KEY, pieceBytes: 100 };
    const { text, file, ...told } = await talkOutside(server.socketUrl("/api/chat"), opus, options);
    const sounds = Math.floor(question.length / STEP_SAMPLES);
    expect(told).toMatchObject({ handshake: [], first_kinds: [0, 1], kinds: [0, 1, 2], sounds, errors: [] });
    const answer = "three hours are one hundred eighty minutes";
    expect(normalizedWords(text).join(" ")).toBe(answer);
    expect(wordErrorRate(answer, await transcribed(new Uint8Array(file)))).toBeLessThanOrEqual(0.3);
  });

  test.skipIf(!ffmpeg)("speech: as Ogg Opus, ffmpeg decodes all of it (skipped without ffmpeg)", async () => {
    const [{ file: ogg }, { samples }] = await Promise.all([speak("OggOpus"), speak("Pcm")]);
    const args = ["-v", "error", "-i", "-", "-ar", String(CAPTURE_RATE_HZ), "-f", "wav", "-c:a", "pcm_s16le", "-"];
    const { stdout: wav, stderr } = spawnSync(ffmpeg as string, args, { input: ogg });
    expect(stderr.toString()).toBe("");
    const decodedSamples = (wav.length - wav.indexOf("data") - 8) / 2;
    expect(Math.abs(decodedSamples - samples)).toBeLessThanOrEqual(1);
    expect(wordErrorRate(TEXT, await transcribed(new Uint8Array(wav)))).toBeLessThanOrEqual(0.15);
  });
});
