import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocketServer, type WebSocket } from "ws";
import { failure } from "../../../src-shared/failure.ts";
import type { RunningServer } from "../../../src-main/serve/start-server.ts";
import { cleanTtsText } from "../../../src-main/wire/moshi-tts/clean-text.ts";
import { createMoshiSynthesizer } from "../../../src-main/wire/moshi-tts/moshi-synthesizer.ts";
import { encodeTtsServerMessage } from "../../../src-main/wire/moshi-tts/tts-messages.ts";
import { ttsServer } from "../../../src-main/wire/moshi-tts/tts-server.ts";
import { startCuttingProxy } from "../cutting-proxy.ts";
import { FakeEngines } from "../fake-engines.ts";
import { hearSpeech } from "../heard-speech.ts";
import { startTestServer } from "../start-test-server.ts";

let engines: FakeEngines;
let server: RunningServer;

beforeEach(async () => {
  engines = new FakeEngines();
  server = await startTestServer([ttsServer({ engines, batchSize: 1 })], { keys: ["public_token"] });
});

afterEach(() => server.end());

function synthesizer(port = server.port, options: { readonly apiKey?: string; readonly silenceMs?: number } = {}) {
  const url = `ws://127.0.0.1:${port}`;
  return createMoshiSynthesizer({
    url,
    apiKey: "public_token",
    voice: "kal",
    mostAttempts: 1,
    connectTimeoutMs: 500,
    ...options,
  });
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
  const { spoken } = await hearSpeech(synthesizer(9), " ** ");
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
  expect(await failureOf(synthesizer(9))).toBe("source-unreachable");
  expect(await failureOf(synthesizer(server.port, { apiKey: "wrong" }))).toBe("source-refused");
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

test("cut off after any byte, the client gets a typed failure or all of the speech", async () => {
  engines.samplesOfWord = 100;
  const proxy = await startCuttingProxy(server.port);
  const whole = await hearSpeech(synthesizer(proxy.port), "hello");
  expect(whole.pcm.length).toBe(1_920);
  const all = proxy.passedBytes;
  const codes = new Set<string>();
  for (let bytes = 0; bytes < all; bytes += bytes < 300 || bytes > all - 30 ? 5 : 397) {
    proxy.cutAfterBytes = bytes;
    const { spoken, pcm } = await hearSpeech(synthesizer(proxy.port), "hello");
    if (spoken.ok) expect(pcm.length).toBe(1_920);
    else codes.add(spoken.failure.code);
    await delay(5);
  }
  expect(codes).toContain("source-lost");
  expect([...codes].every((code) => /^source-(lost|unreachable|refused)$/.test(code))).toBe(true);
  await proxy.close();
}, 30_000);

test("a server that stalls, floods or breaks the protocol is a typed failure in time", async () => {
  const hostile = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await new Promise((resolve) => void hostile.once("listening", resolve));
  const { port } = hostile.address() as AddressInfo;
  const ready = encodeTtsServerMessage({ type: "Ready" });
  const frame = encodeTtsServerMessage({ type: "Audio", pcm: new Float32Array(96_000) });
  const behaviours: readonly [string, (socket: WebSocket) => void][] = [
    ["source-timeout", () => undefined],
    ["source-timeout", (socket) => socket.send(ready)],
    ["source-lost", (socket) => socket.close()],
    ["protocol-error", (socket) => socket.send("hello")],
    ["protocol-error", (socket) => Array.from({ length: 20 }, () => socket.send(frame))],
    [
      "protocol-error",
      (socket) => {
        socket.send(ready);
        const flood = setInterval(() => Array.from({ length: 5 }, () => socket.send(frame)), 1);
        socket.on("close", () => clearInterval(flood));
      },
    ],
  ];
  for (const [code, behave] of behaviours) {
    hostile.removeAllListeners("connection");
    hostile.on("connection", behave);
    const { spoken } = await hearSpeech(synthesizer(port, { silenceMs: 300 }), "hello");
    expect(spoken).toMatchObject({ ok: false, failure: { code } });
  }
  for (const socket of hostile.clients) socket.terminate();
  hostile.close();
}, 30_000);

test("older servers announce breaks and empty words, and end without a goodbye", async () => {
  const old = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await new Promise((resolve) => void old.once("listening", resolve));
  old.on("connection", (socket) => {
    socket.send(encodeTtsServerMessage({ type: "Text", text: "", startMs: 0, stopMs: 0 }));
    socket.send(encodeTtsServerMessage({ type: "Ready" }));
    socket.send(encodeTtsServerMessage({ type: "Text", text: '<break time="0.50s">', startMs: 0, stopMs: 40 }));
    socket.send(encodeTtsServerMessage({ type: "Text", text: "hello", startMs: 40, stopMs: 80 }));
    socket.send(
      encodeTtsServerMessage({ type: "Audio", pcm: Float32Array.of(...new Float32Array(1_918), 2, Number.NaN) }),
    );
    setTimeout(() => socket.terminate(), 100);
  });
  const { port } = old.address() as AddressInfo;
  const { spoken, pcm } = await hearSpeech(synthesizer(port), "hello");
  expect(spoken.ok && spoken.value.words).toEqual([{ text: "hello", endSample: 1_920 }]);
  expect(Array.from(pcm.slice(-2))).toEqual([1, 0]);
  old.close();
});

test("texts lose their marks", () => {
  expect(cleanTtsText(" **Don\u2019t** `stop` : \u201Cnever\u201D ")).toBe(
    'Don\'t stop "never"'.replace(" stop ", " stop "),
  );
  expect(cleanTtsText("* _ `")).toBe("");
});
