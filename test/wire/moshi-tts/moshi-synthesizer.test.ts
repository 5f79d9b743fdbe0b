import { setTimeout as delay } from "node:timers/promises";
import { beforeEach, expect, test } from "vitest";
import { failure } from "../../../src-shared/failure.ts";
import { cleanTtsText } from "../../../src-main/wire/moshi-tts/clean-text.ts";
import { createMoshiSynthesizer } from "../../../src-main/wire/moshi-tts/moshi-synthesizer.ts";
import { encodeTtsServerMessage } from "../../../src-main/wire/moshi-tts/tts-messages.ts";
import { ttsServer } from "../../../src-main/wire/moshi-tts/tts-server.ts";
import { FakeEngines } from "../fake-engines.ts";
import { hearSpeech } from "../heard-speech.ts";
import { startTestServer, type TestServer } from "../start-test-server.ts";
import { startWebSocketPeer } from "../web-socket-peer.ts";

let engines: FakeEngines;
let server: TestServer;

beforeEach(async () => {
  engines = new FakeEngines();
  server = await startTestServer([ttsServer({ engines, batchSize: 1 })], { keys: ["public_token"] });
});

const NOBODY = "ws://127.0.0.1:9";

function synthesizer(url = server.socketUrl, apiKey = "public_token") {
  return createMoshiSynthesizer({ url, apiKey, voice: "kal", mostAttempts: 1, connectTimeoutMs: 500 });
}

test("client and server together: every sample, and the words at the server's times", async () => {
  engines.samplesOfWord = 1_920;
  const { spoken, pcm } = await hearSpeech(synthesizer(), "*Good* morning, everyone.");
  expect(spoken.ok && spoken.value.words).toEqual([
    { text: "Good", endSample: 1_920 },
    { text: "morning,", endSample: 3_840 },
    { text: "everyone.", endSample: 5_760 },
  ]);
  expect(pcm.length).toBe(5_760);
  expect(pcm[2_000]).toBeCloseTo(0.02, 4);
  expect(engines.styles[0]?.voice).toBe("kal");
});

test("nothing to say is no request", async () => {
  const { spoken } = await hearSpeech(synthesizer(NOBODY), " ** ");
  expect(spoken).toMatchObject({ ok: true, value: { samples: 0 } });
});

test("a reply that is void ends within moments, without a failure", async () => {
  engines.beforeWord = () => delay(20);
  const { spoken } = await hearSpeech(synthesizer(), "word ".repeat(500), { voidAfterMs: 150 });
  expect(spoken.ok && spoken.value.samples).toBeLessThan(25 * 2_400);
});

test("no server, a wrong key, no free channel and a failing engine are typed failures", async () => {
  const failureOf = async (client: ReturnType<typeof synthesizer>) => {
    const { spoken } = await hearSpeech(client, "hello");
    return spoken.ok ? "fine" : spoken.failure.code;
  };
  expect(await failureOf(synthesizer(NOBODY))).toBe("source-unreachable");
  expect(await failureOf(synthesizer(server.socketUrl, "wrong"))).toBe("source-refused");
  const release = Promise.withResolvers<void>();
  engines.beforeWord = () => release.promise;
  const first = failureOf(synthesizer());
  await expect.poll(() => engines.styles.length).toBe(1);
  expect(await failureOf(synthesizer())).toBe("source-refused");
  release.resolve();
  expect(await first).toBe("fine");
  engines.failure = { afterWords: 0, failure: failure("speak-failed", "speak", "broke off") };
  await expect.poll(() => failureOf(synthesizer())).toBe("source-lost");
});

test("older servers announce breaks and empty words, and end without a goodbye", async () => {
  const old = await startWebSocketPeer((socket) => {
    socket.send(encodeTtsServerMessage({ type: "Text", text: "", startMs: 0, stopMs: 0 }));
    socket.send(encodeTtsServerMessage({ type: "Ready" }));
    socket.send(encodeTtsServerMessage({ type: "Text", text: '<break time="0.50s">', startMs: 0, stopMs: 40 }));
    socket.send(encodeTtsServerMessage({ type: "Text", text: "hello", startMs: 40, stopMs: 80 }));
    socket.send(
      encodeTtsServerMessage({ type: "Audio", pcm: Float32Array.of(...new Float32Array(1_918), 2, Number.NaN) }),
    );
    setTimeout(() => socket.terminate(), 100);
  });
  const { spoken, pcm } = await hearSpeech(synthesizer(old.url), "hello");
  expect(spoken.ok && spoken.value.words).toEqual([{ text: "hello", endSample: 1_920 }]);
  expect(Array.from(pcm.slice(-2))).toEqual([1, 0]);
});

test("texts lose their marks", () => {
  expect(cleanTtsText(" **Don\u2019t** `stop` : \u201Cnever\u201D ")).toBe(
    'Don\'t stop "never"'.replace(" stop ", " stop "),
  );
  expect(cleanTtsText("* _ `")).toBe("");
});
