import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { seededRandom } from "../../../src-main/play/source/seeded-random.ts";
import type { SpeechEndpoint } from "../../../src-main/wire/openai/openai-synthesizer.ts";
import { hearSpeech } from "../heard-speech.ts";
import { scripted, SECRET_KEY, SECRET_TEXT, SPEECH, synthesizerOf, wavOf } from "./for-one-test.ts";
import { answerBytes, chunk, chunkedHead, flood } from "./scripted-server.ts";

test.each([
  [
    "in chunks",
    Buffer.concat([
      chunkedHead(),
      chunk(SPEECH.subarray(0, 60)),
      chunk(SPEECH.subarray(60, 120)),
      chunk(Buffer.alloc(0)),
    ]),
  ],
  ["with a length", answerBytes(SPEECH.subarray(0, 120))],
])("a server that closes at any byte of its answer %s is a failure in time", async (_name, whole) => {
  let next = 0;
  const server = await scripted((socket) => {
    const cut = next++;
    socket.end(whole.subarray(0, cut));
  });
  const startedAtMs = performance.now();
  const codes = new Set<string>();
  let unheard = 0;
  for (let asked = 0; asked < whole.length; asked += 20) {
    const speak = synthesizerOf([server]);
    const batch = Array.from({ length: Math.min(20, whole.length - asked) }, () => hearSpeech(speak, SECRET_TEXT));
    for (const { spoken, pcm } of await Promise.all(batch)) {
      expect(spoken.ok).toBe(false);
      if (!spoken.ok) codes.add(spoken.failure.code);
      if (pcm.length === 0) unheard += 1;
    }
  }
  expect([...codes].toSorted()).toEqual(["source-lost", "source-unreachable"]);
  expect(unheard).toBeLessThan(whole.length);
  expect(performance.now() - startedAtMs).toBeLessThan(15_000);
  const { spoken } = await hearSpeech(synthesizerOf([server]), SECRET_TEXT);
  expect(spoken).toMatchObject({ ok: true, value: { samples: 60 } });
});

const garbage = Buffer.from(Array.from({ length: 4_096 }, seededBytes(5)));
const drip = (socket: Socket): void => {
  socket.write(chunkedHead());
  const timer = setInterval(() => socket.write(chunk(Buffer.alloc(1))), 20);
  socket.on("close", () => clearInterval(timer));
};

function seededBytes(seed: number): () => number {
  const random = seededRandom(seed);
  return () => Math.floor(random() * 256);
}

test.each<[string, (socket: Socket) => void, string, Partial<SpeechEndpoint>?]>([
  ["never answers", () => undefined, "source-timeout"],
  ["stops in its headers", (socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-"), "source-timeout"],
  ["stops in its speech", (socket) => socket.write(Buffer.concat([chunkedHead(), chunk(SPEECH)])), "source-timeout"],
  ["sends a byte now and then", drip, "source-timeout"],
  ["sends speech without end", (socket) => flood(socket, chunkedHead(), chunk(SPEECH)), "protocol-error"],
  [
    "sends noise without end",
    (socket) => flood(socket, chunkedHead("audio/mpeg"), chunk(garbage)),
    "protocol-error",
    { format: "mp3" },
  ],
  [
    "sends headers without end",
    (socket) => flood(socket, Buffer.from("HTTP/1.1 200 OK\r\n"), Buffer.from("a: b\r\n".repeat(10_000))),
    "source-unreachable",
  ],
  [
    "sends a page",
    (socket) => socket.end(answerBytes(`<p>${SECRET_TEXT}</p>`, { type: "text/html" })),
    "source-refused",
  ],
  [
    "sends an error as a success",
    (socket) => socket.end(answerBytes("{}", { type: "application/json" })),
    "source-refused",
  ],
  [
    "sends an error page",
    (socket) => socket.end(answerBytes(`<p>${SECRET_TEXT}</p>`, { status: "500 No", type: "text/html" })),
    "source-refused",
  ],
  ["wants a key", (socket) => socket.end(answerBytes(SECRET_KEY, { status: "401 No" })), "source-refused"],
  ["sends nothing", (socket) => socket.end(answerBytes("")), "protocol-error"],
  ["sends half a sample", (socket) => socket.end(answerBytes("x")), "protocol-error"],
  ["sends noise", (socket) => socket.end(answerBytes(garbage, { type: "audio/ogg" })), "protocol-error"],
  [
    "sends a WAV file at no rate",
    (socket) => socket.end(answerBytes(wavOf(0), { type: "audio/wav" })),
    "protocol-error",
  ],
  [
    "sends a WAV file at a mad rate",
    (socket) => socket.end(answerBytes(wavOf(2_000_000_000), { type: "audio/wav" })),
    "protocol-error",
  ],
  [
    "sends less of a WAV file than it declares",
    (socket) => socket.end(answerBytes(wavOf(24_000).subarray(0, 1_000), { type: "audio/wav" })),
    "source-lost",
  ],
  [
    "sends gzip that is none",
    (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 9\r\n\r\nno gzip !"),
    "source-lost",
  ],
  ["speaks something else", (socket) => socket.end("SSH-2.0-OpenSSH_9.9\r\n"), "source-unreachable"],
  [
    "sends one on and on",
    (socket) =>
      socket.end("HTTP/1.1 307 Go\r\nlocation: /v1/audio/speech\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
    "source-unreachable",
  ],
  ["hangs up", (socket) => socket.destroy(), "source-unreachable"],
])("a server that %s is a failure in time, and what it says is not repeated", async (_name, answer, code, endpoint) => {
  const server = await scripted(answer);
  const speak = synthesizerOf([{ ...server, apiKey: SECRET_KEY, ...endpoint }], { timeoutMs: 300 });
  const startedAtMs = performance.now();
  const { spoken } = await hearSpeech(speak, SECRET_TEXT);
  expect(performance.now() - startedAtMs).toBeLessThan(4_000);
  expect(spoken).toMatchObject({ ok: false, failure: { code } });
  expect(JSON.stringify(spoken)).not.toMatch(/secret/);
  await expect.poll(() => server.open.size, { interval: 5 }).toBe(0);
});
