import { describe, expect, test } from "vitest";
import { noise } from "../fixtures/noise.ts";
import { MicrophoneInputs, type InputRequest } from "../../src-renderer/microphone/microphone-inputs.ts";

const RATE_HZ = 24_000;
const QUANTUM = 128;
const ROOM = quietRoom(30);

function quietRoom(seconds: number): Float32Array {
  return noise(seconds * RATE_HZ).map((sample) => sample / 1_000);
}

/** A browser with its audio thread: what the microphone brings waits in a queue for each input that is connected. */
class Browser {
  readonly requests: InputRequest[] = [];
  readonly caughtUp: number[] = [];
  readonly starts: number[] = [];
  readonly heard: number[] = [];
  /** Next sample of the microphone that each input brings; undefined where nothing is connected. */
  readonly inputs: (number | undefined)[] = [0, undefined];
  answers = true;
  readonly #sound: Float32Array;
  #rendered = 0;
  #broughtSamples = 0;
  readonly #microphone = new MicrophoneInputs(RATE_HZ, {
    onSound: (pcm, startSample) => {
      this.starts.push(startSample);
      this.heard.push(...pcm);
    },
    onCaughtUp: (lagSamples) => this.caughtUp.push(lagSamples),
    onRequest: (request) => {
      this.requests.push(request);
      if (!this.answers) return;
      if (request.kind === "freshen") this.inputs[this.inputs[0] === undefined ? 0 : 1] = this.#broughtSamples;
      else if (this.inputs[request.input] !== undefined) this.inputs[1 - request.input] = undefined;
    },
  });

  constructor(sound = ROOM) {
    this.#sound = sound;
  }

  /** The microphone goes on, but nothing is rendered. */
  stall(samples: number): void {
    this.#broughtSamples += samples;
  }

  run(seconds: number): void {
    for (let quanta = Math.floor((seconds * RATE_HZ) / QUANTUM); quanta > 0; quanta--) {
      const channels = this.inputs.map((from) => from !== undefined && this.#sound.subarray(from, from + QUANTUM));
      for (const [input, from] of this.inputs.entries()) if (from !== undefined) this.inputs[input] = from + QUANTUM;
      this.#broughtSamples += QUANTUM;
      const wallMs = 1_700_000_000_000 + Math.floor((this.#broughtSamples * 1000) / RATE_HZ);
      this.#microphone.push(
        channels.map((channel) => channel || undefined),
        this.#rendered,
        wallMs,
      );
      this.#rendered += QUANTUM;
    }
  }

  /** What was heard is the microphone's sound from its first sample on, without a hole and without a sample twice. */
  expectWhole(): void {
    expect(this.heard).toEqual([...this.#sound.subarray(0, this.heard.length)]);
  }
}

describe("the inputs of the microphone", () => {
  test.each([300, 1_805, 5_000, 24_000])("after a stall of %i samples the sound comes in time again, whole", (lag) => {
    const browser = new Browser();
    browser.run(2);
    browser.stall(lag);
    browser.run(5);
    expect(browser.caughtUp).toEqual([lag]);
    expect(browser.requests).toEqual([{ kind: "freshen" }, { kind: "use", input: 1 }]);
    expect(browser.inputs[0]).toBeUndefined();
    expect(browser.heard.length).toBe(2 * RATE_HZ + 5 * RATE_HZ - ((7 * RATE_HZ) % QUANTUM) + lag);
    browser.expectWhole();
    const steps = browser.starts.flatMap((start, index) => (index > 0 ? [start - browser.starts[index - 1]!] : []));
    expect(steps.filter((step) => step !== QUANTUM)).toEqual([QUANTUM - lag, lag]);
  });

  test("again and again, also while somebody speaks", () => {
    const browser = new Browser(
      ROOM.map((sample, index) => sample + 0.2 * Math.sin(index / 20) * Math.sin(index / 3e3)),
    );
    for (let stall = 0; stall < 4; stall++) {
      browser.run(2.5);
      browser.stall(900);
    }
    browser.run(2.5);
    expect(browser.caughtUp).toEqual([900, 900, 900, 900]);
    browser.expectWhole();
  });

  test("a clock that trembles makes nothing happen", () => {
    const browser = new Browser();
    for (let piece = 0; piece < 50; piece++) {
      browser.run(0.2);
      browser.stall(piece % 2 === 0 ? 190 : -190);
    }
    expect(browser.requests).toEqual([]);
  });

  test("once a minute it looks although no time was lost, and stays with what is in time", () => {
    const browser = new Browser(quietRoom(70));
    browser.run(65);
    expect(browser.requests).toEqual([{ kind: "freshen" }, { kind: "use", input: 0 }]);
    expect(browser.caughtUp).toEqual([]);
    browser.expectWhole();
  });

  test("digital silence tells nothing: all stays as it is", () => {
    const browser = new Browser(new Float32Array(30 * RATE_HZ));
    browser.run(2);
    browser.stall(2_000);
    browser.run(5);
    expect(browser.requests).toEqual([{ kind: "freshen" }, { kind: "use", input: 0 }]);
    expect(browser.caughtUp).toEqual([]);
  });

  test("a page that does not answer is asked again", () => {
    const browser = new Browser();
    browser.answers = false;
    browser.run(2);
    browser.stall(2_000);
    browser.run(14);
    browser.stall(2_000);
    browser.run(2);
    expect(browser.requests.filter(({ kind }) => kind === "freshen").length).toBe(2);
    browser.expectWhole();
  });

  test("another microphone takes over at any time, at either input", () => {
    const browser = new Browser();
    browser.run(2);
    browser.stall(2_000);
    browser.run(0.8);
    expect(browser.inputs[1]).toBeDefined();
    browser.inputs[0] = undefined;
    browser.run(0.1);
    const before = browser.heard.length;
    browser.run(0.1);
    expect(browser.heard.length).toBeGreaterThan(before);
    browser.inputs[1] = undefined;
    browser.run(0.1);
    browser.inputs[0] = 100_000;
    browser.run(1);
    expect(browser.heard.at(-1)).toBe(ROOM[browser.inputs[0] - 1]);
  });
});
