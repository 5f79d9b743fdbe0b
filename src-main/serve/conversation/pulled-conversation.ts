import {
  CAPTURE_FRAME_SAMPLES,
  CAPTURE_RATE_HZ,
  FRAME_MS,
  PLAYBACK_RATE_HZ,
  samplesToMs,
} from "../../../src-shared/audio-format.ts";
import type { Failure } from "../../../src-shared/failure.ts";
import { MicrophoneIntake } from "../../capture/microphone-intake.ts";
import { PulledPlayer } from "../../play/pulled-player.ts";
import type { Conduct } from "../../turn/conduct.ts";
import { TurnRunner, type TurnStages } from "../../turn/runner.ts";
import type { ConversationStep, ServedConversation } from "../../wire/served-conversation.ts";
import { InputClock } from "./input-clock.ts";
import { WorkInProgress, type EngineStages } from "./work-in-progress.ts";

/** Input that is ahead of real time by no more than this is late input that caught up: nothing waits for engines. */
const LEAD_MS = 240;
/** Turns that may still have something to tell: the one that was cut, and those after it. */
const WATCHED_TURNS = 4;

/** What a conversation is made of. */
export interface PulledConversationParts {
  readonly engines: EngineStages;
  readonly speaking: TurnStages["speaking"];
  readonly conduct: Conduct;
  /** Session clock, ms. */
  readonly nowMs: () => number;
  /** A turn has failed, or a stage outside any turn: told once for all that follows from it. */
  readonly onFailure: (failure: Failure) => void;
}

/**
 * A conversation whose time is that of its input: a sample in is a sample out, whatever else happens. At real time, nothing waits: engines
 * answer in their time, and what they say is heard from the next step on. Input that comes faster is held up just until the engines
 * have caught up with it, so that the same audio gives about the same conversation at any speed; it is never slower than real time.
 */
export class PulledConversation implements ServedConversation {
  readonly #clock: InputClock;
  readonly #work = new WorkInProgress();
  readonly #player: PulledPlayer;
  readonly #runner: TurnRunner;
  #intake: MicrophoneIntake | undefined;
  readonly #nowMs: () => number;
  readonly #onFailure: (failure: Failure) => void;
  /** Session time at which the input would have begun at real time, put off whenever it falls behind. */
  #originAtMs = Number.NEGATIVE_INFINITY;
  readonly #startedAtMs: number;
  readonly #frame = new Float32Array(CAPTURE_FRAME_SAMPLES);
  #filled = 0;
  #frames = 0;
  #told = new Map<number, string>();
  /** What is out of order and was told. */
  #breakdown: Failure["code"] | undefined;
  #isClosed = false;

  private constructor(parts: PulledConversationParts) {
    this.#nowMs = parts.nowMs;
    this.#onFailure = parts.onFailure;
    this.#startedAtMs = parts.nowMs();
    this.#clock = new InputClock(this.#startedAtMs);
    this.#player = new PulledPlayer(() => this.#clock.nowMs());
    const { speaking, conduct, engines } = parts;
    const stages = { ...this.#work.watch(engines), clock: this.#clock, player: this.#player, speaking };
    this.#runner = new TurnRunner(stages, {
      changed: () => undefined,
      turnEnded: ({ failure }) => failure && this.#tellFailure(failure),
      failed: (failure) => this.#noteBreakdown(failure),
    });
    this.#runner.tell({ kind: "conduct-changed", conduct });
    this.#runner.tell({ kind: "opened" });
  }

  /** Begins to listen. The engines are loaded. */
  static async open(parts: PulledConversationParts): Promise<PulledConversation> {
    const conversation = new PulledConversation(parts);
    conversation.#intake = await MicrophoneIntake.create({
      onFrame: (pcm16, endedAtMs) => void conversation.#runner.hear(pcm16, endedAtMs),
      onBreak: () => undefined,
    });
    return conversation;
  }

  /** Says something unasked, for example that a timer is due, as soon as nobody speaks. */
  announce(text: string): void {
    this.#runner.tell({ kind: "announcement-due", text });
  }

  /** The settings have changed. */
  changeConduct(conduct: Conduct): void {
    this.#runner.applyVolume();
    this.#runner.tell({ kind: "conduct-changed", conduct });
  }

  async step(input: Float32Array): Promise<ConversationStep> {
    this.#clock.advance(samplesToMs(input.length, CAPTURE_RATE_HZ));
    this.#hear(input);
    await this.#waitForEngines();
    this.#clock.runDue();
    await this.#waitForEngines();
    const output = new Float32Array((input.length * PLAYBACK_RATE_HZ) / CAPTURE_RATE_HZ);
    this.#player.render(output, this.#clock.nowMs());
    return { output, text: this.#takeWords() };
  }

  /** Ends the conversation. The engines are not closed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#runner.tell({ kind: "closed" });
    await this.#player.close();
  }

  #hear(input: Float32Array): void {
    for (let from = 0; from < input.length;) {
      const count = Math.min(input.length - from, CAPTURE_FRAME_SAMPLES - this.#filled);
      this.#frame.set(input.subarray(from, from + count), this.#filled);
      from += count;
      this.#filled += count;
      if (this.#filled < CAPTURE_FRAME_SAMPLES) continue;
      this.#filled = 0;
      this.#intake?.accept({ pcm: this.#frame, endedAtMs: this.#startedAtMs + ++this.#frames * FRAME_MS });
    }
  }

  async #waitForEngines(): Promise<void> {
    const heardMs = this.#clock.nowMs() - this.#startedAtMs;
    const nowMs = this.#nowMs();
    this.#originAtMs = Math.max(this.#originAtMs, nowMs - heardMs);
    const leadMs = heardMs - (nowMs - this.#originAtMs);
    if (leadMs > LEAD_MS) await this.#work.settled(leadMs - LEAD_MS);
  }

  /** A detector that is broken says so for every frame. */
  #noteBreakdown(failure: Failure): void {
    if (failure.code === this.#breakdown) return;
    this.#breakdown = failure.code;
    this.#tellFailure(failure);
  }

  #tellFailure(failure: Failure): void {
    if (!this.#isClosed) this.#onFailure(failure);
  }

  /** The words that were heard to their end since the last time, each with a space before it. */
  #takeWords(): string[] {
    const turns = this.#runner.turns.slice(-WATCHED_TURNS);
    const fresh = turns.flatMap(({ turnId, heard }) => {
      const told = this.#told.get(turnId) ?? "";
      return heard.startsWith(told) ? heard.slice(told.length) : heard;
    });
    this.#told = new Map(turns.map(({ turnId, heard }) => [turnId, heard]));
    return fresh.flatMap((text) => text.match(/\S+/g) ?? []).map((word) => ` ${word}`);
  }
}
