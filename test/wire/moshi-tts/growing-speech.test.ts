import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { WebSocket } from "ws";
import { failure, succeeded, type Outcome } from "../../../src-shared/failure.ts";
import { PcmRing } from "../../../src-shared/pcm-ring.ts";
import { ChosenSynthesizer } from "../../../src-main/speak/chosen-synthesizer.ts";
import { GrowingText } from "../../../src-main/turn/growing-text.ts";
import type { SpeechEvent, SpeechRequest, SpokenSentence, Synthesizer } from "../../../src-main/turn/ports.ts";
import { Reply } from "../../../src-main/turn/reply.ts";
import { createMoshiSynthesizer } from "../../../src-main/wire/moshi-tts/moshi-synthesizer.ts";
import { decodeTtsClientMessage, encodeTtsServerMessage } from "../../../src-main/wire/moshi-tts/tts-messages.ts";
import { ttsServer } from "../../../src-main/wire/moshi-tts/tts-server.ts";
import { FakePlayer } from "../../fakes/fake-stages.ts";
import { FakeEngines } from "../fake-engines.ts";
import { startTestServer } from "../start-test-server.ts";
import { startWebSocketPeer } from "../web-socket-peer.ts";

/** One word of the server's engine, and one frame of the protocol. */
const WORD_SAMPLES = 1_920;
const WORD_MS = 80;
const READY = encodeTtsServerMessage({ type: "Ready" });

/** A text that a test writes, and what becomes of it. */
class Growing {
  readonly text = new GrowingText();
  readonly events: SpeechEvent[] = [];
  readonly buffer = PcmRing.allocate(2 ** 17);
  readonly ring = new PcmRing(this.buffer);
  readonly abort = new AbortController();
  begun = 0;
  readonly spoken: Promise<Outcome<number>>;

  constructor(synthesizer: Synthesizer) {
    this.ring.setGeneration(1);
    const request = {
      text: this.text,
      begin: () => {
        this.begun += 1;
        return { voice: "slt", rateRatio: 1, ring: this.buffer, generation: 1 };
      },
      tell: (event: SpeechEvent) => void this.events.push(event),
    };
    this.spoken = synthesizer.speakGrowing!(request, this.abort.signal);
  }

  get samples(): number {
    return this.ring.writtenSamples(1);
  }

  /** How much of the text is said where. */
  get words(): (readonly [text: string, endSample: number])[] {
    return this.events.flatMap((event) =>
      event.kind === "word" ? [[this.text.soFar.slice(0, event.textEnd), event.endSample] as const] : [],
    );
  }
}

/** The embedded engine: 100 samples a word. */
class SentenceSynthesizer implements Synthesizer {
  readonly texts: string[] = [];

  async speak({ text, ring: buffer, generation }: SpeechRequest): Promise<Outcome<SpokenSentence>> {
    this.texts.push(text);
    const words = text.split(" ").map((word, index) => ({ text: word, endSample: 100 * (index + 1) }));
    const ring = new PcmRing(buffer, () => 5);
    ring.beginWriting(generation);
    const samples = ring.write(new Float32Array(100 * words.length), 0, 100 * words.length, generation);
    return succeeded({ samples, chunks: 1, words, firstPcmAtMs: 5, lastPcmAtMs: 5 });
  }
  async close(): Promise<void> {}
}

async function startServer() {
  const engines = new FakeEngines();
  engines.samplesOfWord = WORD_SAMPLES;
  const { socketUrl: url } = await startTestServer([ttsServer({ engines, batchSize: 1 })]);
  return { engines, synthesizer: clientOf(url) };
}

function clientOf(url: string, options: { readonly silenceMs?: number; readonly mostAttempts?: number } = {}) {
  const client = createMoshiSynthesizer({ url, mostAttempts: 1, connectTimeoutMs: 500, ...options });
  onTestFinished(() => client.close());
  return client;
}

function withReserve(distant: Synthesizer, embedded: Synthesizer): Synthesizer {
  const choice = () => ({ useEmbeddedOnFailure: true });
  return new ChosenSynthesizer({ embedded, choice, create: () => distant, onChange: () => undefined });
}

/** Says words on a socket, 80 ms each, from the `first` word on. */
function say(socket: WebSocket, words: readonly string[], first = 0): void {
  for (const [index, text] of words.entries()) {
    const startMs = (first + index) * WORD_MS;
    socket.send(encodeTtsServerMessage({ type: "Text", text, startMs, stopMs: startMs + WORD_MS }));
    socket.send(encodeTtsServerMessage({ type: "Audio", pcm: new Float32Array(WORD_SAMPLES) }));
  }
}

/** Calls back with each message of a client: its text, or undefined at the end of the text. */
function hear(socket: WebSocket, onText: (text: string | undefined) => void): void {
  socket.on("message", (data: Buffer, isBinary) => {
    if (!isBinary) return onText(data.toString());
    const message = decodeTtsClientMessage(data);
    if (message.ok) onText(message.value.type === "Text" ? message.value.text : undefined);
  });
}

test("the first word is sent before the second is written, and heard before the text is complete", async () => {
  const { engines, synthesizer } = await startServer();
  const growing = new Growing(synthesizer);
  growing.text.push(" ");
  await delay(10);
  expect(growing.begun).toBe(0);
  growing.text.push("Good ");
  await expect.poll(() => growing.samples).toBe(WORD_SAMPLES);
  expect(engines.spokenTexts).toEqual(["Good "]);
  expect(growing.words).toEqual([[" Good", WORD_SAMPLES]]);
  expect(growing.events.map(({ kind }) => kind)).toEqual(["word", "spoken"]);
  growing.text.push("mor");
  growing.text.push("ning, **everyone**.");
  growing.text.end();
  expect(await growing.spoken).toEqual(succeeded(3 * WORD_SAMPLES));
  expect(engines.spokenTexts.map((text) => text.trim())).toEqual(["Good", "morning,", "everyone."]);
  expect(growing.words.slice(1)).toEqual([
    [" Good morning,", 2 * WORD_SAMPLES],
    [" Good morning, **everyone**.", 3 * WORD_SAMPLES],
    [" Good morning, **everyone**.", 3 * WORD_SAMPLES],
  ]);
  expect(growing.begun).toBe(1);
});

test("nothing to say is no request, and nothing is begun", async () => {
  const growing = new Growing(clientOf("ws://127.0.0.1:9"));
  growing.text.push(" ** \n");
  growing.text.end();
  expect(await growing.spoken).toEqual(succeeded(0));
  const cancelled = new Growing(clientOf("ws://127.0.0.1:9"));
  cancelled.abort.abort();
  expect(await cancelled.spoken).toEqual(succeeded(0));
  expect(growing.begun + cancelled.begun).toBe(0);
});

test("what was heard of a reply is known to the word while the server is still speaking", async () => {
  const { engines, synthesizer } = await startServer();
  const last = Promise.withResolvers<void>();
  engines.beforeWord = () => (engines.spokenTexts.length === 4 ? last.promise : undefined);
  const player = new FakePlayer();
  const stages = { synthesizer, player, style: () => ({ voice: "slt", rateRatio: 1 }) };
  const reply = new Reply({ turnId: 1, revision: 0 }, stages, () => undefined);
  const done = reply.run(async function* () {
    yield { kind: "text", text: "It is nearly noon" } as const;
    await last.promise;
    yield { kind: "text", text: " now." } as const;
  });
  await expect.poll(() => new PcmRing(player.ring).writtenSamples(1)).toBe(3 * WORD_SAMPLES);
  expect(reply.heard(2 * WORD_SAMPLES + 7)).toBe("It is");
  expect(player.calls).toEqual(["begin 1"]);
  last.resolve();
  await done;
  expect(player.calls.at(-1)).toBe(`end 1 ${5 * WORD_SAMPLES}`);
  expect(reply.heard(5 * WORD_SAMPLES)).toBe("It is nearly noon now.");
});

test.each(["void", "aborted"])("a speech that is %s in the middle closes its connection at once", async (how) => {
  const peer = await startWebSocketPeer((socket) => {
    socket.send(READY);
    hear(socket, (text) => text === "Good" && say(socket, ["Good"]));
  });
  const growing = new Growing(clientOf(peer.url));
  growing.text.push("Good morn");
  await expect.poll(() => growing.samples).toBe(WORD_SAMPLES);
  if (how === "void") growing.ring.setGeneration(2);
  else growing.abort.abort();
  expect(await growing.spoken).toMatchObject({ ok: true });
  await expect.poll(() => peer.connections.size).toBe(0);
});

test("silence is none while the server waits for text: it counts once the text is over", async () => {
  const peer = await startWebSocketPeer((socket) => {
    socket.send(READY);
    hear(socket, (text) => text !== undefined && say(socket, [text]));
  });
  const growing = new Growing(clientOf(peer.url, { silenceMs: 60 }));
  growing.text.push("Good ");
  await delay(200);
  growing.text.push("morning.");
  const overAtMs = performance.now();
  growing.text.end();
  const spoken = await growing.spoken;
  expect(spoken).toMatchObject({ ok: false, failure: { code: "source-timeout" } });
  expect(performance.now() - overAtMs).toBeGreaterThan(55);
  expect(growing.samples).toBe(2 * WORD_SAMPLES);
});

test("a server that takes many words and says none of them is given up while the text still grows", async () => {
  const peer = await startWebSocketPeer((socket) => socket.send(READY));
  const growing = new Growing(clientOf(peer.url, { silenceMs: 60 }));
  growing.text.push("word ".repeat(60));
  expect(await growing.spoken).toMatchObject({ ok: false, failure: { code: "source-timeout" } });
});

test("a server that closes before the text is over has failed", async () => {
  const peer = await startWebSocketPeer((socket) => {
    socket.send(READY);
    hear(socket, (text) => {
      say(socket, [text!]);
      socket.close(1000);
    });
  });
  const growing = new Growing(clientOf(peer.url));
  growing.text.push("Good morning ");
  expect(await growing.spoken).toMatchObject({ ok: false, failure: { code: "source-lost" } });
});

test("a channel that is lost before any sound is asked for again, with all the words so far", async () => {
  const heard: (string | undefined)[][] = [];
  const peer = await startWebSocketPeer((socket) => {
    socket.send(READY);
    const words: (string | undefined)[] = [];
    const isFirst = heard.push(words) === 1;
    hear(socket, (text) => {
      words.push(text);
      if (isFirst) return socket.terminate();
      if (text !== undefined) return say(socket, text.split(" "));
      socket.close(1000);
    });
  });
  const growing = new Growing(clientOf(peer.url, { mostAttempts: 2 }));
  growing.text.push("Good ");
  await expect.poll(() => heard.length).toBe(1);
  growing.text.push("morning. ");
  await expect.poll(() => growing.samples).toBe(2 * WORD_SAMPLES);
  growing.text.end();
  expect(await growing.spoken).toEqual(succeeded(2 * WORD_SAMPLES));
  expect(heard).toEqual([["Good"], ["Good morning.", undefined]]);
  expect(growing.begun).toBe(1);
});

test("a failure before any sound: the embedded voice says all the words, once, those to come included", async () => {
  const { engines, synthesizer } = await startServer();
  engines.failure = { afterWords: 0, failure: failure("speak-failed", "speak", "broken") };
  const embedded = new SentenceSynthesizer();
  const growing = new Growing(withReserve(synthesizer, embedded));
  growing.text.push("Good morning. The ");
  await expect.poll(() => embedded.texts).toEqual(["Good morning."]);
  growing.text.push("museum is closed.");
  growing.text.end();
  expect(await growing.spoken).toEqual(succeeded(600));
  expect(embedded.texts).toEqual(["Good morning.", "The museum is closed."]);
  expect(growing.events.every(({ kind }) => kind !== "failure")).toBe(true);
  expect(growing.samples).toBe(600);
});

test("a failure after sound: what was heard is not said again, and the embedded voice goes on behind it", async () => {
  const peer = await startWebSocketPeer((socket) => {
    socket.send(READY);
    socket.once("message", () => {
      say(socket, ["Good", "morning."]);
      socket.send(encodeTtsServerMessage({ type: "Text", text: "The", startMs: 160, stopMs: 240 }));
      socket.send(encodeTtsServerMessage({ type: "Audio", pcm: new Float32Array(WORD_SAMPLES / 2) }));
      setTimeout(() => socket.terminate(), 20);
    });
  });
  const embedded = new SentenceSynthesizer();
  const growing = new Growing(withReserve(clientOf(peer.url), embedded));
  growing.text.push("Good morning. The museum is ");
  growing.text.push("closed. Bye.");
  growing.text.end();
  await growing.spoken;
  expect(embedded.texts).toEqual(["museum is closed.", "Bye."]);
  const failures = growing.events.filter(({ kind }) => kind === "failure");
  expect(failures).toMatchObject([{ failure: { code: "speak-failed", stage: "speak" } }]);
  expect(growing.samples).toBe(2.5 * WORD_SAMPLES + 400);
  expect(growing.words.at(-1)).toEqual(["Good morning. The museum is closed. Bye.", 2.5 * WORD_SAMPLES + 400]);
});
