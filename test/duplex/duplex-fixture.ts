import {
  CAPTURE_FRAME_SAMPLES,
  FRAME_MS,
  msToSamples,
  PLAYBACK_RATE_HZ,
  RECOGNITION_FRAME_SAMPLES,
} from "../../src-shared/audio-format.ts";
import type { ConversationChoice } from "../../src-shared/conversation-choice.ts";
import { succeeded } from "../../src-shared/failure.ts";
import { settingsSchema } from "../../src-shared/settings.ts";
import type { TurnView } from "../../src-shared/turn-view.ts";
import { DuplexConversation } from "../../src-main/duplex/duplex-conversation.ts";
import type { LivePlayer } from "../../src-main/duplex/live-speech.ts";
import { PulledPlayer } from "../../src-main/play/pulled-player.ts";
import { FakeClock, FakeDetector, FakeTranscriber } from "../fakes/fake-stages.ts";
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
  readonly transcriber = new FakeTranscriber();
  readonly engines: FakeEngine[] = [];
  readonly ended: TurnView[] = [];
  readonly duplex: DuplexConversation;
  settings = settingsSchema.parse({ conversation: CHAT });
  changes = 0;
  /** Everything that was played, one number for each block of 10 ms: its greatest amplitude. */
  readonly loudness: number[] = [];
  #nextFrameAtMs: number | undefined;
  #userAmplitude = 0;

  constructor(player?: LivePlayer) {
    this.duplex = new DuplexConversation({
      clock: this.clock,
      player: player ?? this.player,
      ear: { detector: new FakeDetector(), transcriber: this.transcriber },
      settings: () => this.settings,
      open: fakeOpener(this.engines),
    });
    this.duplex.listen({
      changed: () => this.changes++,
      turnEnded: (turn) => this.ended.push(turn),
      stopSaid: () => this.duplex.stop(),
      failed: () => undefined,
    });
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

  /** From now on the microphone is on. */
  switchOn(): this {
    this.#nextFrameAtMs = this.clock.nowMs() + FRAME_MS;
    return this;
  }

  /** What the user says in so long is recognized as `text`; meanwhile the engine says `word` again and again, or nothing. */
  async say(ms: number, text: string, word?: string): Promise<void> {
    this.transcriber.answer = succeeded(text);
    this.#userAmplitude = 0.9;
    await (word === undefined ? this.wait(ms) : this.speak(ms, word));
    this.#userAmplitude = 0;
  }

  /** Whether the engine heard the user, or nothing but silence, in its latest frame. */
  get isHeard(): boolean {
    return this.engine.heard.at(-1)?.some((sample) => sample !== 0) ?? false;
  }

  /** The engine speaks for so long, at the pace at which it is heard, with a word to every 80 ms. */
  async speak(ms: number, word?: string): Promise<void> {
    for (let passedMs = 0; passedMs < ms; passedMs += 80) {
      if (word) this.engine.output.text(` ${word}`);
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
      this.#listen();
    }
  }

  #listen(): void {
    if (this.#nextFrameAtMs === undefined || this.#nextFrameAtMs > this.clock.nowMs()) return;
    const endedAtMs = this.#nextFrameAtMs;
    this.#nextFrameAtMs += FRAME_MS;
    const frame = (length: number) => new Float32Array(length).fill(this.#userAmplitude);
    this.duplex.hear({ pcm: frame(CAPTURE_FRAME_SAMPLES), endedAtMs });
    this.duplex.overhear(frame(RECOGNITION_FRAME_SAMPLES), endedAtMs, { guarded: false, ownReply: undefined });
  }

  /** How much of what was played since `fromBlock` was sound, in ms. */
  soundedMs(fromBlock = 0): number {
    return this.loudness.slice(fromBlock).filter((loudness) => loudness > VOICE_AMPLITUDE / 4).length * BLOCK_MS;
  }
}
