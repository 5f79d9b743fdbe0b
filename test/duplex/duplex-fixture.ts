import { CAPTURE_FRAME_SAMPLES, msToSamples, PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import type { ConversationChoice } from "../../src-shared/conversation-choice.ts";
import { settingsSchema } from "../../src-shared/settings.ts";
import type { TurnView } from "../../src-shared/turn-view.ts";
import { DuplexConversation } from "../../src-main/duplex/duplex-conversation.ts";
import type { LivePlayer } from "../../src-main/duplex/live-speech.ts";
import { PulledPlayer } from "../../src-main/play/pulled-player.ts";
import { FakeClock } from "../fakes/fake-stages.ts";
import { fakeOpener, type FakeEngine } from "./fake-engine.ts";

const BLOCK_MS = 10;
const VOICE_AMPLITUDE = 0.5;

/** A choice of settings that opens a fake engine. */
export const CHAT: ConversationChoice = settingsSchema.parse({
  conversation: { engine: "chat", url: "ws://example.org" },
}).conversation;

/** A conversation with a fake engine, through a real player whose output is kept, on a fake clock. */
export class DuplexFixture {
  readonly clock = new FakeClock();
  readonly player = new PulledPlayer(() => this.clock.nowMs());
  readonly engines: FakeEngine[] = [];
  readonly ended: TurnView[] = [];
  readonly duplex: DuplexConversation;
  settings = settingsSchema.parse({ conversation: CHAT });
  changes = 0;
  /** Everything that was played, one number for each block of 10 ms: its greatest amplitude. */
  readonly loudness: number[] = [];

  constructor(player?: LivePlayer) {
    this.duplex = new DuplexConversation({
      clock: this.clock,
      player: player ?? this.player,
      settings: () => this.settings,
      open: fakeOpener(this.engines),
    });
    this.duplex.listen({ changed: () => this.changes++, turnEnded: (turn) => this.ended.push(turn) });
    this.duplex.follow();
  }

  get engine(): FakeEngine {
    return this.engines.at(-1) as FakeEngine;
  }

  get entry(): TurnView | undefined {
    return this.duplex.entries.at(-1);
  }

  /** The engine is ready. */
  ready(): this {
    this.engine.tell({ kind: "ready" });
    return this;
  }

  hear(amplitude = 0.1): void {
    this.duplex.hear({
      pcm: new Float32Array(CAPTURE_FRAME_SAMPLES).fill(amplitude),
      endedAtMs: this.clock.nowMs(),
    });
  }

  /** The engine speaks for so long, at the pace at which it is heard, with a word to every 80 ms. */
  async speak(ms: number, word?: string): Promise<void> {
    for (let passedMs = 0; passedMs < ms; passedMs += 80) {
      if (word !== undefined) this.engine.output.text(` ${word}`);
      this.engine.output.write(new Float32Array(msToSamples(80, PLAYBACK_RATE_HZ)).fill(VOICE_AMPLITUDE));
      await this.wait(80);
    }
  }

  /** The engine is silent, sound or no sound. */
  async pause(ms: number): Promise<void> {
    for (let passedMs = 0; passedMs < ms; passedMs += 80) {
      this.engine.output.write(new Float32Array(msToSamples(80, PLAYBACK_RATE_HZ)));
      await this.wait(80);
    }
  }

  /** Time passes, and the player plays. */
  async wait(ms: number): Promise<void> {
    for (let passedMs = 0; passedMs < ms; passedMs += BLOCK_MS) {
      const block = new Float32Array(msToSamples(BLOCK_MS, PLAYBACK_RATE_HZ));
      this.player.render(block, this.clock.nowMs());
      this.loudness.push(Math.max(...block.map(Math.abs)));
      await this.clock.advanceTo(this.clock.nowMs() + BLOCK_MS);
    }
  }

  /** How much of what was played since `fromBlock` was sound, in ms. */
  soundedMs(fromBlock = 0): number {
    return this.loudness.slice(fromBlock).filter((loudness) => loudness > VOICE_AMPLITUDE / 4).length * BLOCK_MS;
  }
}
