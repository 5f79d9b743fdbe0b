import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { RECOGNITION_RATE_HZ, samplesToMs } from "../../src-shared/audio-format.ts";
import { failure, type Failure } from "../../src-shared/failure.ts";
import type { Settings } from "../../src-shared/settings.ts";
import type { TurnView } from "../../src-shared/turn-view.ts";
import { LineWriter } from "../files/line-writer.ts";
import type { RecordedStep } from "../turn/runner.ts";
import { FLIGHT_FORMAT, flightSettings, type FlightLine } from "./flight-format.ts";
import { MicrophoneWav } from "./microphone-wav.ts";

/** Microphone frames whose times are further apart than their samples are not one stretch of sound. */
const LARGEST_JUMP_MS = 16;
const CLOSE_MS = 2000;

/** What a {@link FlightRecorder} needs. */
export interface FlightRecorderOptions {
  /** Where the files go. It is made with the first of them. */
  readonly folder: string;
  readonly version: string;
  /** The settings in force; `recorder` says what is kept. */
  readonly settings: () => Settings;
  /** The time of day in epoch ms. */
  readonly now: () => number;
  /** Called when something could not be written, once a file: output-unwritable. */
  readonly onProblem: (failure: Failure) => void;
}

/**
 * Keeps what happens in a conversation, as long as the user wants it: one JSONL of {@link FlightLine}s, and with "facts-and-audio" a WAV beside
 * it. A recording begins when it is switched on and ends when it is switched off; what was said is in it. Main thread; it never blocks,
 * never throws, and what cannot be written is a gap in the recording.
 */
export class FlightRecorder {
  readonly #options: FlightRecorderOptions;
  #flight: Flight | undefined;
  #closing: Promise<unknown> = Promise.resolve();

  constructor(options: FlightRecorderOptions) {
    this.#options = options;
  }

  /** The machine took a step. */
  stepped(recorded: RecordedStep): void {
    if (this.#options.settings().recorder === "off") return this.#end();
    this.#flight ??= new Flight(this.#options, recorded);
    this.#flight.step(recorded);
  }

  /** A turn is over. */
  turnEnded(turn: TurnView): void {
    this.#flight?.turn(turn);
  }

  /** The recognizer gets a frame: mono samples at 16 kHz, and the time just after the last one. */
  heard(pcm: Float32Array, endedAtMs: number): void {
    if (this.#options.settings().recorder === "facts-and-audio") this.#flight?.hear(pcm, endedAtMs);
  }

  /** Completes what is being written, for 2 s at most. */
  async close(): Promise<void> {
    this.#end();
    await Promise.race([this.#closing, setTimeout(CLOSE_MS, undefined, { ref: false })]);
  }

  #end(): void {
    const flight = this.#flight;
    this.#flight = undefined;
    if (flight) this.#closing = Promise.all([this.#closing, flight.close()]);
  }
}

/** One recording. */
class Flight {
  readonly #path: string;
  readonly #lines: LineWriter;
  readonly #wav: MicrophoneWav;
  #lastAtMs: number;
  #nextSampleAtMs = Number.NEGATIVE_INFINITY;
  #facts = 0;
  #turns = 0;

  /** Begins with the step that is about to be written. */
  constructor(options: FlightRecorderOptions, { atMs, before: state }: RecordedStep) {
    const { folder, version, settings, now, onProblem } = options;
    const startedAt = new Date(now()).toISOString();
    this.#path = join(folder, `repartee_flight_${startedAt.replaceAll(":", "-")}.jsonl`);
    this.#lastAtMs = atMs;
    const tell = (path: string, { message }: Error) =>
      onProblem(failure("output-unwritable", "settings", `cannot write ${path}: ${message}`, true));
    this.#lines = new LineWriter({
      gapOf: (dropped, last) => ({ ...last, text: textOf({ kind: "gap", dropped }), dropped }),
      onProblem: tell,
    });
    this.#wav = new MicrophoneWav(this.#path.replace(/\.jsonl$/, ".wav"), tell);
    const format = FLIGHT_FORMAT;
    this.#write({ kind: "flight", format, version, startedAt, atMs, settings: flightSettings(settings()), state });
  }

  step({ atMs, fact, commands }: RecordedStep): void {
    this.#lastAtMs = atMs;
    this.#facts += 1;
    this.#write({ kind: "step", atMs, fact, commands });
  }

  turn(turn: TurnView): void {
    this.#turns += 1;
    this.#write({ kind: "turn", turn });
  }

  hear(pcm: Float32Array, endedAtMs: number): void {
    const atMs = endedAtMs - samplesToMs(pcm.length, RECOGNITION_RATE_HZ);
    const sample = this.#wav.samples;
    if (!this.#wav.append(pcm)) return;
    if (Math.abs(atMs - this.#nextSampleAtMs) > LARGEST_JUMP_MS)
      this.#write({ kind: "audio", file: basename(this.#path).replace(/\.jsonl$/, ".wav"), sample, atMs });
    this.#nextSampleAtMs = endedAtMs;
  }

  async close(): Promise<void> {
    const samples = this.#wav.samples;
    this.#write({ kind: "end", atMs: this.#lastAtMs, facts: this.#facts, turns: this.#turns, samples });
    await Promise.all([this.#lines.close(), this.#wav.close()]);
  }

  #write(line: FlightLine): void {
    this.#lines.write(this.#path, this.#lastAtMs, textOf(line));
  }
}

function textOf(line: FlightLine): string {
  return `${JSON.stringify(line)}\n`;
}
