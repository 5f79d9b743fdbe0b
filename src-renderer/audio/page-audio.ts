import { AUDIO_PORTS_MESSAGE, type AssistantBridge } from "../../src-shared/assistant-contract.ts";
import { CAPTURE_RATE_HZ } from "../../src-shared/audio-format.ts";
import { wallLeadMs } from "../../src-shared/wall-lead.ts";
import { Microphone } from "../microphone/microphone.ts";
import audioWorkletUrl from "./audio-worklet.ts?worker&url";
import { describeContext, type SoundContext } from "./describe-context.ts";
import { OutputGapReader } from "./output-gap-reader.ts";
import { WorkletClockReader } from "./worklet-clock-reader.ts";
import type { WorkletMessage } from "./worklet-clock.ts";

/** Soon enough that a gap is counted while its reply still plays. */
const OUTPUT_GAPS_INTERVAL_MS = 100;
/** The browser tells up to a second later that its output waited for the module to load and warm up. */
const SETTLING_MS = 1_500;
/** Often enough that a glitch of the sound card does not shift times for long. */
const CLOCK_INTERVAL_MS = 250;
/** The time of day was set by more than this, or the machine slept. */
const CLOCK_JUMP_MS = 100;

/** Where the page's sound goes out and comes in. */
export interface SoundNodes {
  /** Plays what it is fed beside the replies and the same way. */
  readonly output: AudioNode;
  /** What the assistant hears through. */
  readonly capture: AudioWorkletNode;
}

/**
 * The page's microphone and speaker: one audio context, two worklets that own the ports to the assistant. Samples never pass through the
 * page itself. Microphone and speaker share the context and its audio thread, so that what is played can be taken out of what is heard.
 */
export class PageAudio {
  readonly microphone: Microphone;
  readonly #bridge: AssistantBridge;
  readonly #context = new AudioContext({ sampleRate: CAPTURE_RATE_HZ, latencyHint: "interactive" });
  #isSuspended = true;
  #wallLeadMs = 0;
  #onSuspended: (suspended: boolean) => void = () => undefined;
  readonly #nodes = Promise.withResolvers<SoundNodes>();

  constructor(bridge: AssistantBridge) {
    this.#bridge = bridge;
    this.microphone = new Microphone(this.#context, bridge);
  }

  /** Calls back now and whenever the browser holds the sound back until the user clicks or types. */
  onSuspended(listener: (suspended: boolean) => void): void {
    this.#onSuspended = listener;
    listener(this.#isSuspended);
  }

  /** Resolves when sound can be played and heard. */
  get nodes(): Promise<SoundNodes> {
    return this.#nodes.promise;
  }

  /** How the page's sound runs just now. */
  describe(): SoundContext {
    return describeContext(this.#context);
  }

  async start(): Promise<void> {
    this.#context.addEventListener("statechange", () => this.#tellSuspended());
    for (const gesture of ["pointerdown", "keydown"]) window.addEventListener(gesture, () => this.#resume());
    await this.#context.audioWorklet.addModule(audioWorkletUrl);
    const playback = new AudioWorkletNode(this.#context, "playback", { channelCount: 1, outputChannelCount: [1] });
    playback.connect(this.#context.destination);
    const capture = new AudioWorkletNode(this.#context, "capture", {
      numberOfInputs: 2,
      numberOfOutputs: 0,
      channelCount: 1,
    });
    this.microphone.feed(capture);
    this.#nodes.resolve({ output: playback, capture });
    const tell = (node: AudioWorkletNode, message: WorkletMessage, transfer: Transferable[] = []) =>
      node.port.postMessage(message, transfer);
    const clockReader = new WorkletClockReader(this.#context, performance.timeOrigin);
    const setClocks = () => {
      const clock = clockReader.read(performance.now());
      tell(playback, clock);
      tell(capture, clock);
    };
    setClocks();
    setInterval(setClocks, CLOCK_INTERVAL_MS);
    this.#context.addEventListener("statechange", () => {
      clockReader.forget();
      setClocks();
    });
    setTimeout(() => {
      const outputGaps = new OutputGapReader(this.#context);
      setInterval(() => {
        const gap = outputGaps.read();
        if (gap) tell(playback, gap);
      }, OUTPUT_GAPS_INTERVAL_MS);
    }, SETTLING_MS);
    window.addEventListener("message", ({ data, ports, source }: MessageEvent<{ kind?: string } | undefined>) => {
      const [microphonePort, speakerPort] = ports;
      if (source !== window || data?.kind !== AUDIO_PORTS_MESSAGE || !microphonePort || !speakerPort) return;
      tell(capture, { kind: "port" }, [microphonePort]);
      tell(playback, { kind: "port" }, [speakerPort]);
    });
    this.#requestPorts();
    setInterval(() => {
      if (Math.abs(wallLeadMs(Date, performance) - this.#wallLeadMs) > CLOCK_JUMP_MS) this.#requestPorts();
    }, CLOCK_INTERVAL_MS);
    this.#resume();
    await this.microphone.start();
  }

  /** The assistant then knows how its clock and the page's differ, which changes where one of them goes on while the machine sleeps. */
  #requestPorts(): void {
    this.#wallLeadMs = wallLeadMs(Date, performance);
    this.#bridge.requestAudioPorts();
  }

  #resume(): void {
    if (this.#context.state === "suspended") void this.#context.resume();
    this.#tellSuspended();
  }

  #tellSuspended(): void {
    this.#isSuspended = this.#context.state === "suspended";
    this.#onSuspended(this.#isSuspended);
  }
}
