import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { CAPTURE_FRAME_SAMPLES, FRAME_MS, msToSamples, PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { settingsSchema } from "../../src-shared/settings.ts";
import { DuplexConversation } from "../../src-main/duplex/duplex-conversation.ts";
import { createOggOpusStreamDecoder } from "../../src-main/play/decode/ogg-opus-stream-decoder.ts";
import { PulledPlayer } from "../../src-main/play/pulled-player.ts";
import { sessionClock } from "../../src-main/session-clock.ts";
import { openConversationEngine } from "../../src-main/wire/open-conversation-engine.ts";
import { peerProgram } from "../wire/framed-pcm/peer-program.ts";

/** A conversation with a program, in real time, through a player whose sound is looked at. */
function converseWith(command: readonly string[]): { duplex: DuplexConversation; player: PulledPlayer } {
  const settings = settingsSchema.parse({ conversation: { engine: "command", command: [...command] } });
  const player = new PulledPlayer(() => sessionClock.nowMs());
  const duplex = new DuplexConversation({
    clock: sessionClock,
    player,
    settings: () => settings,
    open: (choice, output, onState) => openConversationEngine(choice, { output, onState }, createOggOpusStreamDecoder),
  });
  onTestFinished(() => duplex.close());
  duplex.follow();
  return { duplex, player };
}

test("what a program says to what it hears is heard and shown", async () => {
  const echo = `send(0); let n = 0; onAudio((body) => { if (n++ === 0) send(2, " You said:"); send(1, body); });`;
  const { duplex, player } = converseWith([process.execPath, ...peerProgram(echo)]);
  await duplex.decided();
  expect(duplex.state).toBe("listening");
  let greatest = 0;
  for (let frame = 0; frame < 40; frame++) {
    duplex.hear({
      pcm: new Float32Array(CAPTURE_FRAME_SAMPLES).fill(0.25),
      endedAtMs: sessionClock.nowMs(),
    });
    const block = new Float32Array(msToSamples(30, PLAYBACK_RATE_HZ));
    player.render(block, sessionClock.nowMs());
    greatest = Math.max(greatest, ...block);
    await delay(FRAME_MS);
  }
  expect(greatest).toBeCloseTo(0.25, 2);
  expect(duplex.entries).toMatchObject([{ reply: "You said:", heard: "You said:" }]);
});

test("a program that cannot be started is a failure at once, and our own conversation takes over", async () => {
  const { duplex } = converseWith(["/no/such/program"]);
  await duplex.decided();
  expect(duplex).toMatchObject({ isHolding: false, problem: { code: "engine-replaced" } });
  expect(duplex.problem?.detail).toContain("ENOENT");
});
