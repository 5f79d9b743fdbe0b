import { expect, test } from "vitest";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import type { GrowingSpeechRequest, ReplyPart } from "../../src-main/turn/ports.ts";
import { Reply, type ReplyEvent } from "../../src-main/turn/reply.ts";
import { FakePlayer, FakeSynthesizer, settle } from "../fakes/fake-stages.ts";

const WORD_SAMPLES = 100;
const STYLE = { voice: "slt", rateRatio: 1 };

/** Writes 100 samples for each piece of text, as soon as it is there. */
class GrowingSynthesizer extends FakeSynthesizer {
  readonly pieces: string[] = [];
  failsAfterPieces = Number.POSITIVE_INFINITY;
  isOver = false;

  async speakGrowing({ text, begin, tell }: GrowingSpeechRequest, signal: AbortSignal): Promise<Outcome<number>> {
    let [samples, textEnd] = [0, 0];
    for await (const piece of text.read(0, signal)) {
      if (this.pieces.length === this.failsAfterPieces) return failed("source-lost", "speak", "went away");
      this.pieces.push(piece);
      const { ring: buffer, generation } = begin();
      const ring = new PcmRing(buffer);
      ring.beginWriting(generation);
      samples += ring.write(new Float32Array(WORD_SAMPLES), 0, WORD_SAMPLES, generation);
      if (samples === WORD_SAMPLES) tell({ kind: "spoken", firstPcmAtMs: 5 });
      textEnd += piece.length;
      tell({ kind: "word", textEnd, endSample: samples });
    }
    this.isOver = true;
    return succeeded(samples);
  }
}

/** A reply whose parts come when the test wants. */
class Talk {
  readonly synthesizer: GrowingSynthesizer | FakeSynthesizer;
  readonly player = new FakePlayer();
  readonly events: ReplyEvent[] = [];
  readonly reply: Reply;
  readonly done: Promise<void>;
  #more = Promise.withResolvers<ReplyPart | undefined>();

  constructor(synthesizer: GrowingSynthesizer | FakeSynthesizer) {
    this.synthesizer = synthesizer;
    const stages = { synthesizer, player: this.player, style: () => STYLE };
    this.reply = new Reply({ turnId: 1, revision: 0 }, stages, (event) => void this.events.push(event));
    this.done = this.reply.run(() => this.#parts());
  }

  async say(text: string): Promise<void> {
    await this.tell({ kind: "text", text });
  }

  async tell(part: ReplyPart | undefined): Promise<void> {
    const more = this.#more;
    this.#more = Promise.withResolvers();
    more.resolve(part);
    for (let round = 0; round < 3; round++) await settle();
  }

  get kinds(): readonly string[] {
    return this.events.map(({ kind }) => kind);
  }

  async *#parts(): AsyncGenerator<ReplyPart> {
    for (let part = await this.#more.promise; part; part = await this.#more.promise) yield part;
  }
}

test("where the synthesizer can, a reply is one growing speech, heard to the word while it is made", async () => {
  const synthesizer = new GrowingSynthesizer();
  const talk = new Talk(synthesizer);
  await talk.say("It");
  expect(talk.player.calls).toEqual(["begin 1"]);
  expect(talk.kinds.filter((kind) => kind !== "sentence")).toEqual(["text", "spoken"]);
  talk.reply.release();
  await talk.say(" is");
  await talk.say(" noon.");
  expect(talk.reply.heard(2 * WORD_SAMPLES + 50)).toBe("It is");
  await talk.say(" All is well.");
  await talk.tell(undefined);
  await talk.done;
  expect(synthesizer.pieces).toEqual(["It", " is", " noon.", " All is well."]);
  expect(synthesizer.requests).toEqual([]);
  expect(talk.player.calls).toEqual(["begin 1", "release 1", "end 1 400"]);
  expect(talk.reply.heard(400)).toBe("It is noon. All is well.");
});

test("a growing speech that fails is a failure, and what had arrived is played to its end", async () => {
  const synthesizer = new GrowingSynthesizer();
  synthesizer.failsAfterPieces = 2;
  const talk = new Talk(synthesizer);
  for (const text of ["It", " is", " noon."]) await talk.say(text);
  await talk.tell(undefined);
  await talk.done;
  expect(talk.events.at(-1)).toMatchObject({ kind: "failure", failure: { code: "source-lost" } });
  expect(talk.player.calls.at(-1)).toBe("end 1 200");
  expect(talk.reply.heard(1_000)).toBe("It is");
});

test("a cancelled reply ends its growing speech while that waits for text", async () => {
  const synthesizer = new GrowingSynthesizer();
  const talk = new Talk(synthesizer);
  await talk.say("It is");
  talk.reply.cancel();
  await settle();
  expect(synthesizer.isOver).toBe(true);
  await talk.say(" noon.");
  await talk.done;
  expect(synthesizer.pieces).toEqual(["It is"]);
  expect(talk.player.calls).toEqual(["begin 1", "flush"]);
});

test("a growing speech waits for the word that is said before it", async () => {
  const synthesizer = new GrowingSynthesizer();
  const talk = new Talk(synthesizer);
  talk.reply.acknowledge("One moment.");
  await talk.say("It is noon.");
  expect(synthesizer.pieces).toEqual([]);
  talk.reply.playbackEnded(1);
  await settle();
  expect(synthesizer.pieces).toEqual(["It is noon."]);
  expect(talk.player.calls).toEqual(["begin 1", "end 1 4800", "release 1", "begin 2"]);
});

test.each([new GrowingSynthesizer(), new FakeSynthesizer()])("a reply without words is silent (%#)", async (engine) => {
  const talk = new Talk(engine);
  talk.reply.release();
  await talk.say("");
  await talk.tell(undefined);
  await talk.done;
  expect(talk.kinds).toEqual(["silent"]);
  expect(talk.player.calls).toEqual([]);
});

test("otherwise it is spoken sentence by sentence: one that fails is told at once, and the next one goes on", async () => {
  const synthesizer = new FakeSynthesizer();
  const talk = new Talk(synthesizer);
  await talk.say("It is");
  expect(talk.player.calls).toEqual([]);
  await talk.say(" noon. All");
  expect(talk.kinds).toEqual(["text", "text", "sentence", "spoken"]);
  synthesizer.answer = failed("speak-failed", "speak", "broken");
  await talk.say(" is well. And");
  expect(talk.kinds.slice(4)).toEqual(["text", "sentence", "failure"]);
  synthesizer.answer = succeeded(null);
  await talk.say(" good.");
  await talk.tell(undefined);
  await talk.done;
  expect(synthesizer.requests.map(({ text }) => text)).toEqual(["It is noon.", "All is well.", "And good."]);
  expect(talk.player.calls).toEqual(["begin 1", "end 1 12000"]);
  expect(talk.reply.heard(2_400 * 4)).toBe("It is noon. All is well. And");
});
