import { expect, test } from "vitest";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import { settingsSchema } from "../../src-shared/settings.ts";
import { FakePlayer } from "../fakes/fake-stages.ts";
import { CHAT, DuplexFixture } from "./duplex-fixture.ts";
import { LOST } from "./fake-engine.ts";

test("the engine hears the microphone, its sound is played, and its text is shown while it comes", async () => {
  const talk = new DuplexFixture();
  expect(talk.duplex).toMatchObject({ isHolding: true, state: "starting", problem: undefined });
  talk.ready();
  talk.hear(0.1);
  expect(talk.engine.heard[0]).toEqual(new Float32Array(768).fill(0.1));
  expect(talk.duplex.state).toBe("listening");
  talk.engine.output.text(" Well,");
  expect(talk.entry).toMatchObject({ reply: "Well,", heard: "" });
  await talk.speak(800, "word");
  expect(talk.duplex.state).toBe("speaking");
  expect(talk.entry).toMatchObject({ origin: "spoken", transcript: "", interrupted: false });
  expect(talk.entry?.reply).toBe(`Well,${" word".repeat(10)}`);
  expect(talk.entry?.heard).toMatch(/^Well,( word){5,10}$/);
  expect(talk.entry?.marks.firstTokenAtMs).toBe(1_000);
  await talk.pause(800);
  expect(talk.entry?.heard).toBe(talk.entry?.reply);
  expect(talk.soundedMs()).toBeGreaterThan(790);
  expect(talk.duplex.state).toBe("listening");
  expect(talk.ended).toEqual([]);
});

test("text after a second and a half without text is a new entry", async () => {
  const talk = new DuplexFixture().ready();
  await talk.speak(160, "one");
  await talk.pause(1_280);
  await talk.speak(80, "more");
  await talk.pause(1_600);
  expect(talk.ended.map(({ reply, heard }) => [reply, heard])).toEqual([["one one more", "one one more"]]);
  await talk.speak(80, "two");
  const [first, second] = talk.duplex.entries;
  expect([first?.reply, second?.reply]).toEqual(["one one more", "two"]);
  expect(first!.turnId).toBeLessThan(0);
  expect(second!.turnId).not.toBe(first!.turnId);
});

test("frames of another shape are left out, and what is no number is silence", () => {
  const talk = new DuplexFixture().ready();
  talk.duplex.hear({ pcm: new Float32Array(3), endedAtMs: 0 });
  talk.hear(Number.NaN);
  expect(talk.engine.heard).toEqual([new Float32Array(768)]);
});

test("paused, it is silent at once, hears nothing and is not heard; then it goes on", async () => {
  const talk = new DuplexFixture().ready();
  await talk.speak(400, "before");
  talk.duplex.setPaused(true);
  const fromBlock = talk.loudness.length;
  talk.hear();
  await talk.speak(400, "missed");
  expect(talk.soundedMs(fromBlock)).toBeLessThanOrEqual(10);
  expect(talk.engine.heard).toEqual([]);
  expect(talk.entry).toMatchObject({ interrupted: true, heard: expect.stringMatching(/^before( before)*$/) });
  expect(talk.entry?.reply).toContain("missed");
  talk.duplex.setPaused(false);
  talk.hear();
  await talk.speak(400, "after");
  expect(talk.engine.heard).toHaveLength(1);
  expect(talk.soundedMs(fromBlock)).toBeGreaterThan(250);
  expect(talk.entry).toMatchObject({ interrupted: false, heard: expect.stringMatching(/^after/) });
});

test("stopped, it is silent until it has paused by itself, and what was not heard is known", async () => {
  const talk = new DuplexFixture().ready();
  await talk.speak(800, "said");
  talk.duplex.stop();
  const fromBlock = talk.loudness.length;
  await talk.speak(1_600, "unheard");
  expect(talk.soundedMs(fromBlock)).toBeLessThanOrEqual(10);
  expect(talk.entry).toMatchObject({ interrupted: true, heard: expect.stringMatching(/^said( said)*$/) });
  expect(talk.entry?.reply).toMatch(/unheard$/);
  await talk.pause(560);
  await talk.speak(400, "again");
  expect(talk.soundedMs(fromBlock)).toBeGreaterThan(250);
  expect(talk.entry?.heard).toMatch(/^again/);
  expect(talk.ended.map(({ interrupted }) => interrupted)).toEqual([true]);
});

test("an engine that never pauses is not silenced for good", async () => {
  const talk = new DuplexFixture().ready();
  await talk.speak(400);
  talk.duplex.stop();
  const fromBlock = talk.loudness.length;
  await talk.speak(11_000);
  expect(talk.soundedMs(fromBlock)).toBeGreaterThan(500);
  expect(talk.soundedMs(fromBlock)).toBeLessThan(1_100);
});

test("sound goes on after a gap, without waiting for what a slow source would need", async () => {
  const talk = new DuplexFixture().ready();
  await talk.speak(800, "one");
  await talk.wait(5_000);
  const fromBlock = talk.loudness.length;
  await talk.speak(800, "two");
  expect(talk.soundedMs(fromBlock)).toBeGreaterThan(600);
  expect(talk.duplex.entries.map(({ interrupted }) => interrupted)).toEqual([false, false]);
});

test("while a reply of our own has the player it is not heard, and after it it is", async () => {
  const talk = new DuplexFixture().ready();
  await talk.speak(400, "one");
  const announcement = talk.player.begin();
  await talk.speak(400, "covered");
  expect(talk.entry).toMatchObject({ interrupted: true, heard: expect.stringMatching(/^one( one)*$/) });
  const ring = new PcmRing(talk.player.ring);
  ring.beginWriting(announcement);
  expect(ring.write(new Float32Array(2_400), 0, 2_400, announcement)).toBe(2_400);
  talk.player.end(announcement, 2_400);
  talk.player.release(announcement);
  await talk.wait(300);
  const fromBlock = talk.loudness.length;
  await talk.speak(400, "two");
  expect(talk.soundedMs(fromBlock)).toBeGreaterThan(250);
  expect(talk.entry?.heard).toMatch(/^two/);
});

test("what does not fit into the player is counted and said, and nothing waits", () => {
  const player = Object.assign(new FakePlayer(), { ring: PcmRing.allocate(1_024) });
  const control = new PcmRing(player.ring);
  const begin = player.begin.bind(player);
  const talk = new DuplexFixture(
    Object.assign(player, {
      begin: () => {
        const generation = begin();
        control.setGeneration(generation);
        return generation;
      },
    }),
  ).ready();
  talk.engine.output.text(" Hello");
  talk.engine.output.write(new Float32Array(1_000).fill(0.5));
  expect(talk.entry?.failure).toBeUndefined();
  talk.engine.output.write(new Float32Array(1_224).fill(0.5));
  talk.engine.output.write(new Float32Array(1_200).fill(0.5));
  expect(talk.entry).toMatchObject({ reply: "Hello", failure: { code: "speech-left-out", detail: "100 ms in all" } });
  expect(player.calls).toEqual(["begin 1", "release 1"]);
});

test("an interruption is said until it is over", () => {
  const talk = new DuplexFixture().ready();
  talk.engine.tell({ kind: "interrupted", failure: LOST });
  talk.engine.tell({ kind: "starting" });
  expect(talk.duplex).toMatchObject({
    isHolding: true,
    state: "starting",
    problem: { code: "conversation-interrupted", detail: "conversation: it ended by SIGKILL (source-lost)" },
  });
  talk.ready();
  expect(talk.duplex).toMatchObject({ state: "listening", problem: undefined });
});

test.each([
  [true, { isHolding: false, state: undefined, problem: { code: "engine-replaced" } }],
  [false, { isHolding: true, state: "failed", problem: { code: "engine-unusable" } }],
])("when it has failed, whether our own conversation takes over is the user's choice: %s", async (choice, expected) => {
  const talk = new DuplexFixture();
  talk.settings = { ...talk.settings, useEmbeddedOnFailure: choice };
  let isDecided: boolean | undefined;
  void talk.duplex.decided().then(({ ok }) => (isDecided = ok));
  await talk.wait(10);
  expect(isDecided).toBeUndefined();
  talk.engine.tell({ kind: "failed", failure: LOST });
  await talk.wait(10);
  expect(isDecided).toBe(choice);
  expect(talk.duplex).toMatchObject(expected);
  talk.duplex.follow();
  expect(talk.engines).toHaveLength(1);
  talk.duplex.follow(true);
  expect(talk.engines).toHaveLength(2);
  expect(talk.engines[0]?.isClosed).toBe(true);
  expect(talk.duplex).toMatchObject({ isHolding: true, state: "starting", problem: undefined });
});

test("a change of the settings switches at once, and what the old engine still says is nobody's", async () => {
  const talk = new DuplexFixture().ready();
  await talk.speak(400, "old");
  const [old] = talk.engines;
  talk.settings = { ...talk.settings, volumeRatio: 0.3 };
  talk.duplex.follow(true);
  expect(talk.engines).toHaveLength(1);
  talk.settings = { ...talk.settings, conversation: { ...CHAT, url: "ws://other.example.org" } };
  talk.duplex.follow();
  const fromBlock = talk.loudness.length;
  expect(old?.isClosed).toBe(true);
  expect(talk.engines).toHaveLength(2);
  expect(talk.ended.map(({ reply }) => reply)).toEqual(["old old old old old"]);
  old?.output.text(" late");
  old?.output.write(new Float32Array(4_800).fill(0.5));
  old?.tell({ kind: "failed", failure: LOST });
  await talk.wait(200);
  expect(talk.soundedMs(fromBlock)).toBeLessThanOrEqual(10);
  expect(talk.duplex).toMatchObject({ state: "starting", problem: undefined });
  expect(talk.duplex.entries).toHaveLength(1);
  talk.settings = settingsSchema.parse({});
  talk.duplex.follow();
  expect(talk.duplex).toMatchObject({ isHolding: false, state: undefined, problem: undefined });
  await talk.duplex.decided();
  await talk.duplex.close();
  expect(talk.engines.map(({ isClosed }) => isClosed)).toEqual([true, true]);
});
