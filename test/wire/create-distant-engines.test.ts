import { beforeEach, expect, test } from "vitest";
import { createStreamDecoder } from "../../src-main/play/decode/create-stream-decoder.ts";
import {
  createDistantEndOfTurn,
  createDistantSynthesizer,
  createDistantTranscriber,
} from "../../src-main/wire/create-distant-engines.ts";
import { decodeSttClientMessage, encodeSttServerMessage } from "../../src-main/wire/moshi-stt/stt-messages.ts";
import { ttsServer } from "../../src-main/wire/moshi-tts/tts-server.ts";
import { openAiServer } from "../../src-main/wire/openai/openai-server.ts";
import { vibevoiceServer } from "../../src-main/wire/vibevoice/vibevoice-server.ts";
import { FakeEngines } from "./fake-engines.ts";
import { hearSpeech } from "./heard-speech.ts";
import { startTestServer, type TestServer } from "./start-test-server.ts";
import { startWebSocketPeer } from "./web-socket-peer.ts";

const NOBODY = "http://127.0.0.1:9";
const NEVER = new AbortController().signal;

let engines: FakeEngines;
let server: TestServer;

beforeEach(async () => {
  engines = new FakeEngines();
  engines.samplesOfWord = 1_920;
  engines.transcript = { text: "Good morning.", durationMs: 1_000, segments: [] };
  const openAi = openAiServer({
    engines,
    mostFileBytes: 1e6,
  });
  server = await startTestServer([openAi, vibevoiceServer({ engines }), ttsServer({ engines, batchSize: 2 })]);
});

function settings<Engine extends string>(engine: Engine, urls: readonly string[]) {
  return { engine, urls: [...urls], apiKey: "", model: "", voice: "kal", delayFrames: 6, useEmbeddedOnFailure: true };
}

test("nothing is made for the embedded engines", () => {
  expect(createDistantTranscriber(settings("embedded", [NOBODY]))).toBeUndefined();
  expect(createDistantSynthesizer(settings("embedded", [NOBODY]), createStreamDecoder)).toBeUndefined();
});

test.each(["moshi", "vibevoice", "openai"] as const)(
  "the voice of %s speaks with the voice that was set",
  async (engine) => {
    const urls = engine === "openai" ? [NOBODY, server.url] : [server.url];
    const synthesizer = createDistantSynthesizer(settings(engine, urls), createStreamDecoder)!;
    const { spoken, pcm } = await hearSpeech(synthesizer, "Good morning.");
    expect(spoken).toMatchObject({ ok: true, value: { samples: 3_840 } });
    expect(pcm.length).toBe(3_840);
    expect(engines.styles[0]?.voice).toBe("kal");
    await synthesizer.close();
  },
);

test("servers of OpenAI's interface are asked in their order", async () => {
  const transcriber = createDistantTranscriber(settings("openai", [NOBODY, server.url]))!;
  const transcript = await transcriber.transcribe({ pcm: new Float32Array(16_000) }, NEVER);
  expect(transcript).toMatchObject({ ok: true, value: { text: "Good morning." } });
  await transcriber.close();
});

test.each([0, 6, 32])(
  "silence of %s frames, and 2 more, follows what the recognizer of moshi is asked for",
  async (delayFrames) => {
    const frames = Promise.withResolvers<number>();
    const peer = await startWebSocketPeer((socket) => {
      socket.send(encodeSttServerMessage({ type: "Ready" }));
      let behind = Number.NaN;
      socket.on("message", (data) => {
        const message = decodeSttClientMessage(data as Buffer);
        if (message.ok && message.value.type === "Audio") behind += 1;
        if (!message.ok || message.value.type !== "Marker") return;
        behind = 0;
        const { id } = message.value;
        setTimeout(() => {
          frames.resolve(behind);
          socket.send(encodeSttServerMessage({ type: "Marker", id }));
        }, 40);
      });
    });
    const transcriber = createDistantTranscriber({ ...settings("moshi", [peer.url]), delayFrames })!;
    expect(await transcriber.transcribe({ pcm: new Float32Array(1_600) }, NEVER)).toMatchObject({ ok: true });
    // What is sent at the pace of the sound comes on top.
    expect(await frames.promise).toBeGreaterThanOrEqual(delayFrames + 2);
    expect(await frames.promise).toBeLessThan(delayFrames + 6);
    await transcriber.close();
  },
);

test("without an address every engine fails at once", async () => {
  for (const engine of ["moshi", "openai"] as const) {
    const transcript = await createDistantTranscriber(settings(engine, []))!.transcribe(
      { pcm: new Float32Array(16_000) },
      NEVER,
    );
    expect(transcript).toMatchObject({ ok: false, failure: { code: "source-unreachable" } });
  }
  for (const engine of ["moshi", "vibevoice", "openai"] as const) {
    const synthesizer = createDistantSynthesizer(settings(engine, []), createStreamDecoder)!;
    const { spoken } = await hearSpeech(synthesizer, "hello");
    expect(spoken).toMatchObject({ ok: false, failure: { code: "source-unreachable" } });
  }
});

test("the end of a turn is asked of no other server than one of moshi", async () => {
  const predictor = createDistantEndOfTurn(settings("openai", [server.url]));
  predictor.hear(new Float32Array(512));
  const transcript = { text: "yes", tokens: [], tokenLogProbabilities: [], elapsedMs: 0 };
  const evidence = { pcm: new Float32Array(512), speechEndSample: 0, transcript };
  expect(await predictor.predict(evidence, NEVER)).toMatchObject({
    ok: false,
    failure: { code: "source-unreachable" },
  });
  expect(engines.listenings).toEqual([]);
  await predictor.close();
});
