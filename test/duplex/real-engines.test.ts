import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { WebSocketServer } from "ws";
import {
  CAPTURE_FRAME_SAMPLES,
  CAPTURE_RATE_HZ,
  FRAME_MS,
  msToSamples,
  PLAYBACK_RATE_HZ,
} from "../../src-shared/audio-format.ts";
import type { ConversationChoice } from "../../src-shared/conversation-choice.ts";
import { settingsSchema } from "../../src-shared/settings.ts";
import { DuplexConversation } from "../../src-main/duplex/duplex-conversation.ts";
import { createOggOpusStreamDecoder } from "../../src-main/play/decode/ogg-opus-stream-decoder.ts";
import { PulledPlayer } from "../../src-main/play/pulled-player.ts";
import { sessionClock } from "../../src-main/session-clock.ts";
import { encodeChatMessage } from "../../src-main/wire/moshi-chat/chat-messages.ts";
import { openConversationEngine } from "../../src-main/wire/open-conversation-engine.ts";
import { FakeDetector, FakeTranscriber } from "../fakes/fake-stages.ts";
import { peerProgram } from "../wire/framed-pcm/peer-program.ts";

const TONE_HZ = 250;
const TONE_AMPLITUDE = 0.25;

/** A conversation in real time, through a player whose sound is looked at. */
class RealConversation {
  readonly player = new PulledPlayer(() => sessionClock.nowMs());
  readonly duplex: DuplexConversation;

  constructor(conversation: Partial<ConversationChoice>) {
    const settings = settingsSchema.parse({ conversation });
    this.duplex = new DuplexConversation({
      clock: sessionClock,
      player: this.player,
      ear: { detector: new FakeDetector(), transcriber: new FakeTranscriber() },
      settings: () => settings,
      open: (choice, output, onState) =>
        openConversationEngine(choice, { output, onState }, createOggOpusStreamDecoder),
    });
    onTestFinished(() => this.duplex.close());
    this.duplex.follow();
  }

  /** The engine hears a tone for so long. Returns the greatest amplitude that was played meanwhile. */
  async hum(ms: number): Promise<number> {
    let greatest = 0;
    for (let sample = 0; sample < msToSamples(ms, CAPTURE_RATE_HZ); sample += CAPTURE_FRAME_SAMPLES) {
      const pcm = Float32Array.from(
        { length: CAPTURE_FRAME_SAMPLES },
        (_, index) => TONE_AMPLITUDE * Math.sin((2 * Math.PI * TONE_HZ * (sample + index)) / CAPTURE_RATE_HZ),
      );
      this.duplex.hear({ pcm, endedAtMs: sessionClock.nowMs() });
      const block = new Float32Array(msToSamples(30, PLAYBACK_RATE_HZ));
      this.player.render(block, sessionClock.nowMs());
      greatest = Math.max(greatest, ...block);
      await delay(FRAME_MS);
    }
    return greatest;
  }
}

test("what a program says to what it hears is heard and shown", async () => {
  const echo = `send(0); let n = 0; onAudio((body) => { if (n++ === 0) send(2, " You said:"); send(1, body); });`;
  const talk = new RealConversation({ engine: "command", command: [process.execPath, ...peerProgram(echo)] });
  await talk.duplex.decided();
  expect(talk.duplex.state).toBe("listening");
  expect(await talk.hum(1_000)).toBeCloseTo(TONE_AMPLITUDE, 2);
  expect(talk.duplex.entries).toMatchObject([{ reply: "You said:", heard: "You said:" }]);
});

test("what a server says to what it hears is heard and shown", async () => {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => server.close());
  server.on("connection", (socket) => {
    socket.send(encodeChatMessage({ kind: "handshake" }));
    socket.send(encodeChatMessage({ kind: "text", text: " You said:" }));
    socket.on("message", (data) => socket.send(data));
  });
  await new Promise((resolve) => void server.once("listening", resolve));
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const talk = new RealConversation({ engine: "chat", url });
  await talk.duplex.decided();
  expect(Math.abs((await talk.hum(1_500)) - TONE_AMPLITUDE)).toBeLessThan(0.1);
  expect(talk.duplex.entries).toMatchObject([{ reply: "You said:", heard: "You said:" }]);
});

test("a program that cannot be started is a failure at once, and our own conversation takes over", async () => {
  const { duplex } = new RealConversation({ engine: "command", command: ["/no/such/program"] });
  await duplex.decided();
  expect(duplex).toMatchObject({ isHolding: false, problem: { code: "engine-replaced" } });
  expect(duplex.problem?.detail).toContain("ENOENT");
});
