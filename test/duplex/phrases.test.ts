import { expect, test } from "vitest";
import type { Mode } from "../../src-shared/settings.ts";
import { failed } from "../../src-shared/failure.ts";
import { DuplexFixture } from "./duplex-fixture.ts";

/** An engine is ready, the microphone is on, and half a second has passed. */
async function start(mode: Mode = "hands-free"): Promise<DuplexFixture> {
  const talk = new DuplexFixture().ready().switchOn();
  talk.settings = { ...talk.settings, mode };
  await talk.wait(480);
  return talk;
}

test("a stop phrase silences the engine at once and for as long as it goes on", async () => {
  const talk = await start();
  await talk.speak(800, "story");
  await talk.say(320, "Stop.", "story");
  expect(talk.duplex.state).toBe("speaking");
  const fromBlock = talk.loudness.length;
  await talk.speak(1_200, "unheard");
  expect(talk.soundedMs(fromBlock)).toBeLessThanOrEqual(110);
  expect(talk.duplex.state).toBe("listening");
  expect(talk.entry).toMatchObject({ interrupted: true, heard: expect.stringMatching(/^story( story)*( unheard)?$/) });
  await talk.pause(640);
  await talk.speak(400, "again");
  expect(talk.entry?.heard).toMatch(/^again/);
});

test("a stop is shown even where all of the text was heard before", async () => {
  const talk = await start();
  talk.engine.output.text(" A long story.");
  await talk.speak(2_400);
  await talk.say(320, "Be quiet!", "");
  await talk.pause(160);
  expect(talk.entry).toMatchObject({ heard: "A long story.", interrupted: true });
});

test.each([
  ["some words", 480, "And what about her?"],
  ["long speech, whatever it is", 2_400, ""],
])("who was stopped is heard again when the user speaks to it: %s", async (_, ms, text) => {
  const talk = await start();
  await talk.speak(400, "story");
  await talk.say(320, "Wait.", "story");
  await talk.speak(480, "unheard");
  expect(talk.duplex.state).toBe("listening");
  await talk.say(ms, text, "unheard");
  await talk.speak(480, "again");
  expect(talk.duplex.state).toBe("speaking");
});

test.each([
  ["a sentence that begins like one", "story", 480, "Stop the music now."],
  ["what it has just said itself", "wait", 320, "Wait."],
  ["noise", "story", 320, ""],
])("no stop phrase: %s", async (_, word, ms, text) => {
  const talk = await start();
  await talk.speak(800, word);
  await talk.say(ms, text, word);
  await talk.speak(480, word);
  expect(talk.transcriber.requests.length).toBeGreaterThan(0);
  expect(talk.duplex.state).toBe("speaking");
});

test("only short speech, and only over its voice or just after, is recognized", async () => {
  const talk = await start();
  await talk.say(320, "Stop.");
  await talk.wait(480);
  await talk.speak(400, "story");
  await talk.say(2_400, "Stop.", "story");
  await talk.speak(480, "story");
  expect(talk.transcriber.requests).toHaveLength(0);
  await talk.wait(960);
  await talk.say(320, "Stop.");
  await talk.wait(480);
  expect(talk.transcriber.requests.length).toBeGreaterThan(0);
});

test("a recognizer that fails stops nobody", async () => {
  const talk = await start();
  await talk.speak(400, "story");
  const said = talk.say(320, "", "story");
  talk.transcriber.answer = failed("transcribe-failed", "transcribe", "no");
  await said;
  await talk.speak(480, "story");
  expect(talk.duplex.state).toBe("speaking");
});

test("with hold to talk the engine hears silence, except while the key is held", async () => {
  const talk = await start("push-to-talk");
  await talk.say(320, "Hello.");
  expect(talk.engine.heard.length).toBeGreaterThan(20);
  expect(talk).toMatchObject({ isHeard: false, duplex: { state: "ready" } });
  talk.duplex.setTalkKey(true);
  await talk.say(320, "Hello.");
  expect(talk).toMatchObject({ isHeard: true, duplex: { state: "hearing" } });
  talk.duplex.setTalkKey(false);
  await talk.say(320, "Hello.");
  expect(talk).toMatchObject({ isHeard: false, duplex: { state: "ready" } });
});

test("with hold to talk it stays stopped until the key is pressed again", async () => {
  const talk = await start("push-to-talk");
  await talk.speak(400, "story");
  await talk.say(320, "Stop.", "story");
  await talk.pause(800);
  const fromBlock = talk.loudness.length;
  await talk.speak(800, "unheard");
  await talk.say(640, "Are you there?", "unheard");
  await talk.speak(480, "unheard");
  expect(talk.soundedMs(fromBlock)).toBe(0);
  talk.duplex.setTalkKey(true);
  await talk.speak(160, "again");
  expect(talk.entry?.heard).toMatch(/^again/);
});

test("with a wake phrase the engine hears what follows it, until nobody has spoken for 8 s", async () => {
  const talk = await start("wake-phrase");
  await talk.say(640, "What time is it?");
  await talk.wait(320);
  expect(talk).toMatchObject({ isHeard: false, duplex: { state: "asleep" } });
  await talk.say(640, "Hey Repartee.");
  expect(talk).toMatchObject({ isHeard: true, duplex: { state: "listening" } });
  await talk.wait(6_000);
  await talk.speak(400, "answer");
  await talk.wait(7_500);
  expect(talk.duplex.state).toBe("listening");
  await talk.say(640, "And in Rome?");
  expect(talk.isHeard).toBe(true);
  await talk.wait(8_500);
  expect(talk.duplex.state).toBe("asleep");
});

test("the wake phrase interrupts an engine that speaks, and a stop phrase makes the wake phrase due again", async () => {
  const talk = await start("wake-phrase");
  await talk.speak(800, "story");
  await talk.say(640, "Hey Repartee.", "story");
  await talk.speak(320, "unheard");
  expect(talk.duplex.state).toBe("listening");
  await talk.pause(640);
  await talk.speak(400, "answer");
  await talk.say(320, "Stop.", "answer");
  await talk.speak(320, "unheard");
  expect(talk.duplex.state).toBe("asleep");
});
