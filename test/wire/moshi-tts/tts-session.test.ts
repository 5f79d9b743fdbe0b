import { once } from "node:events";
import { expect, test } from "vitest";
import { encodeTtsClientMessage } from "../../../src-main/wire/moshi-tts/tts-messages.ts";
import { ttsServer } from "../../../src-main/wire/moshi-tts/tts-server.ts";
import { NO_METERS, type ChannelMeter } from "../../../src-main/wire/session-meters.ts";
import { dial } from "../../serve/dial.ts";
import { FakeEngines } from "../fake-engines.ts";
import { startTestServer } from "../start-test-server.ts";

const EOS = encodeTtsClientMessage({ type: "Eos" });

/** A client of a server with these engines, and what it receives. */
async function client(engines: FakeEngines, format: string, meters = NO_METERS) {
  const server = await startTestServer([ttsServer({ engines, batchSize: 1, meters })]);
  const { socket } = await dial(`${server.socketUrl}/api/tts_streaming?format=${format}`);
  const received: Buffer[] = [];
  socket.on("message", (data) => void received.push(data as Buffer));
  return { socket, received, server };
}

test("a client that was held up is heard again, although nothing was said of what it sent", async () => {
  const engines = new FakeEngines();
  engines.speak = async function* (text) {
    for await (const part of text) engines.spokenTexts.push(part);
    yield* [];
  };
  const { socket } = await client(engines, "Pcm");
  socket.send("word ".repeat(2_500));
  await expect.poll(() => engines.spokenTexts.length).toBe(2_500);
  socket.send(EOS);
  await once(socket, "close");
});

test("an Opus stream has one header, although nothing was said before its first break", async () => {
  const engines = new FakeEngines();
  engines.samplesOfWord = 0;
  const { socket, received } = await client(engines, "OggOpus");
  socket.send('hm <break time="0.2s"/> hm <break time="0.2s"/>');
  socket.send(EOS);
  await once(socket, "close");
  expect(
    Buffer.concat(received)
      .toString("latin1")
      .match(/OpusHead/g),
  ).toHaveLength(1);
});

test("while long breaks are made, others have their turn", async () => {
  const { socket, received } = await client(new FakeEngines(), "OggOpus");
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  socket.send('<break time="10s"/>'.repeat(2));
  socket.send(EOS);
  await once(socket, "close");
  clearInterval(timer);
  expect(received.length).toBeGreaterThan(250);
  expect(turns).toBeGreaterThan(50);
});

test("the first sound of a session is measured once, however many texts come", async () => {
  const engines = new FakeEngines();
  const delays: number[] = [];
  const meter: ChannelMeter = {
    ...NO_METERS.open("synthesis", ""),
    firstAudio: (delayMs) => void delays.push(delayMs),
  };
  const { socket, received } = await client(engines, "Pcm", { open: () => meter });
  socket.send("One.");
  await expect.poll(() => received.length).toBeGreaterThan(0);
  for (const text of [" Two.", " Three."]) socket.send(text);
  socket.send(EOS);
  await once(socket, "close");
  expect(delays).toHaveLength(1);
});

test("a text of more than half a MiB is refused, over either way, and one below is taken", async () => {
  const engines = new FakeEngines();
  engines.speak = async function* () {};
  const { socket, server } = await client(engines, "Pcm");
  socket.send("x".repeat(520_000));
  socket.send("x".repeat(530_000));
  expect((await once(socket, "close"))[0]).toBe(1009);
  const post = (characters: number): Promise<Response> =>
    fetch(`${server.url}/api/tts_streaming`, {
      method: "POST",
      body: JSON.stringify({ text: "x".repeat(characters), voice: "slt" }),
    });
  expect((await post(530_000)).status).toBe(413);
  expect((await post(520_000)).status).toBe(200);
});
