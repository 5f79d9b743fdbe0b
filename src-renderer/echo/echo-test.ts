import type { AssistantBridge } from "../../src-shared/assistant-contract.ts";
import { CAPTURE_RATE_HZ } from "../../src-shared/audio-format.ts";
import type { AssistantSnapshot } from "../../src-shared/turn-view.ts";
import type { MicrophoneView } from "../microphone/microphone.ts";
import type { EchoPath } from "./echo-path.ts";
import { makeChirp } from "./make-chirp.ts";
import { measureEcho } from "./measure-echo.ts";

/** Nobody has spoken for so long before a test begins. */
const QUIET_MS = 1_000;
const QUIET_STATES = new Set<AssistantSnapshot["state"]>(["listening", "paused", "asleep", "ready"]);

/** `due`: waits until nobody speaks. `failed`: no sound arrived, or the result could not be saved. */
export type EchoTestStatus = "idle" | "due" | "running" | "failed";

/** What a test depends on. */
export interface Surroundings {
  readonly snapshot: Pick<AssistantSnapshot, "state">;
  readonly connected: boolean;
  readonly microphone: Pick<MicrophoneView, "status" | "label">;
  readonly soundSuspended: boolean;
}

/**
 * Measures how much of what is played comes back to the assistant: when asked, and after the microphone or the output has changed. The
 * conversation is paused meanwhile, so that nothing else sounds and the test sound is not taken for speech.
 */
export class EchoTest {
  readonly #path: Pick<EchoPath, "record">;
  readonly #request: AssistantBridge["request"];
  readonly #onStatus: (status: EchoTestStatus) => void;
  #status: EchoTestStatus = "idle";
  #surroundings: Surroundings | undefined;
  #microphoneLabel = "";
  #outputLabel: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isDisturbed = false;

  constructor(
    path: Pick<EchoPath, "record">,
    request: AssistantBridge["request"],
    onStatus: (status: EchoTestStatus) => void,
  ) {
    this.#path = path;
    this.#request = request;
    this.#onStatus = onStatus;
  }

  /** A test is wanted as soon as nobody speaks. */
  want(): void {
    if (this.#status !== "running") this.#show("due");
    this.#arm();
  }

  /** The test that is due is not wanted any more, and one that failed was noticed. */
  forgo(): void {
    if (this.#status !== "running") this.#show("idle");
  }

  /** Takes note of a change around it. Another microphone makes a test due. */
  notice(surroundings: Surroundings): void {
    const before = this.#surroundings;
    this.#surroundings = surroundings;
    if (surroundings.connected && before?.connected === false) this.#reportOutput();
    if (!isPossible(surroundings)) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#isDisturbed = true;
    }
    const { status, label } = surroundings.microphone;
    if (status === "live" && label !== this.#microphoneLabel) {
      const isFirst = this.#microphoneLabel === "";
      this.#microphoneLabel = label;
      if (!isFirst) this.#devicesChanged();
    }
    this.#arm();
  }

  /** Takes note of the output's name. Another one than the first makes a test due. */
  noticeOutput(label: string): void {
    const before = this.#outputLabel;
    this.#outputLabel = label;
    this.#reportOutput();
    if (before) this.#devicesChanged();
  }

  #devicesChanged(): void {
    this.#isDisturbed = true;
    this.want();
  }

  #reportOutput(): void {
    if (this.#outputLabel !== undefined) void this.#request("report-output", { label: this.#outputLabel });
  }

  #arm(): void {
    if (this.#status !== "due" || this.#timer !== undefined) return;
    if (!this.#surroundings || !isPossible(this.#surroundings)) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#status === "due") void this.#run();
    }, QUIET_MS);
  }

  async #run(): Promise<void> {
    this.#show("running");
    this.#isDisturbed = false;
    await this.#request("test-echo", { running: true });
    const chirp = makeChirp(CAPTURE_RATE_HZ);
    const recording = await this.#path.record(chirp);
    void this.#request("test-echo", { running: false });
    if (this.#isDisturbed) {
      this.#show("due");
      return this.#arm();
    }
    if (!recording) return this.#show("failed");
    const echoReturnLossDb = Math.round(measureEcho(chirp, recording).lossDb * 10) / 10;
    const reported = await this.#request("report-output", { label: this.#outputLabel ?? "", echoReturnLossDb });
    this.#show(reported.ok ? "idle" : "failed");
  }

  #show(status: EchoTestStatus): void {
    this.#status = status;
    this.#onStatus(status);
  }
}

function isPossible({ snapshot, connected, microphone, soundSuspended }: Surroundings): boolean {
  return connected && !soundSuspended && microphone.status === "live" && QUIET_STATES.has(snapshot.state);
}
