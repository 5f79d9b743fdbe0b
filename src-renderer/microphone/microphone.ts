import type { AssistantBridge, RequestInput } from "../../src-shared/assistant-contract.ts";
import { keepWatch, listMicrophones, openMicrophone, type OpenMicrophone } from "./open-microphone.ts";

/** What the assistant is told of the microphone. */
type ReportedStatus = RequestInput<"report-microphone">["status"];

/** Why there is no microphone, and what the user has to do about it. */
export type MicrophoneProblem = Exclude<ReportedStatus, "live"> | "busy" | "silenced";

/** What the microphone is doing. `unasked`: the user has not allowed it yet; `off`: muted, the device is released. */
export type MicrophoneStatus = "unasked" | "opening" | "live" | "off" | MicrophoneProblem;

/** What the window shows of the microphone. */
export interface MicrophoneView {
  readonly status: MicrophoneStatus;
  /** The device's name as the system calls it. */
  readonly label: string;
  /** Names of all microphones, once the user has allowed one. */
  readonly available: readonly string[];
}

const REPORTED: Record<MicrophoneProblem, ReportedStatus> = {
  denied: "denied",
  missing: "missing",
  lost: "lost",
  busy: "lost",
  silenced: "lost",
};

/** Electron grants our page the microphone without asking: the user's word is remembered here. */
const CONSENT_KEY = "microphone-allowed";

/**
 * Opens, releases and watches the microphone, and tells the assistant what became of it. The capture worklet gets the samples. Every opening
 * voids the one before, so that no device stays open unnoticed.
 */
export class Microphone {
  readonly #context: AudioContext;
  readonly #bridge: AssistantBridge;
  #sink: AudioWorkletNode | undefined;
  #open: OpenMicrophone | undefined;
  #attempt = 0;
  #permission: PermissionStatus | undefined;
  #view: MicrophoneView = { status: "unasked", label: "", available: [] };
  #reported: RequestInput<"report-microphone"> | undefined;
  #wantedLabel = "";
  #muted = false;
  #onView: (view: MicrophoneView) => void = () => undefined;
  #onLevel: (levelRatio: number) => void = () => undefined;

  constructor(context: AudioContext, bridge: AssistantBridge) {
    this.#context = context;
    this.#bridge = bridge;
  }

  /** Calls back now and at every change, and with the level about ten times a second. */
  observe(onView: (view: MicrophoneView) => void, onLevel: (levelRatio: number) => void): void {
    this.#onView = onView;
    this.#onLevel = onLevel;
    onView(this.#view);
  }

  /** Sends its sound to this node. */
  feed(sink: AudioWorkletNode): void {
    this.#sink = sink;
    sink.port.onmessage = ({ data }: MessageEvent<number>) => {
      if (this.#view.status === "live") this.#onLevel(data);
    };
  }

  /** Opens the microphone if the user has allowed it before; else waits for {@link allow}. */
  async start(): Promise<void> {
    if (!navigator.mediaDevices) return this.#fail("missing");
    navigator.mediaDevices.addEventListener("devicechange", () => void this.#devicesChanged());
    this.#permission = await navigator.permissions.query({ name: "microphone" }).catch(() => undefined);
    this.#permission?.addEventListener("change", () => this.#permissionChanged());
    this.#permissionChanged();
  }

  /** The user has read what the microphone is for and wants it. The browser or the system may still ask. */
  async allow(): Promise<void> {
    localStorage.setItem(CONSENT_KEY, "yes");
    await this.#reopen();
  }

  /** Muting releases the device; unmuting opens it again. */
  setMuted(muted: boolean): void {
    if (muted === this.#muted) return;
    this.#muted = muted;
    if (muted) {
      this.#release();
      if (this.#view.status !== "unasked") this.#show({ status: "off" });
    } else if (this.#view.status === "off") void this.#reopen();
  }

  /** Uses the microphone of this name from now on; empty for the system's default. */
  choose(label: string): void {
    if (label === this.#wantedLabel) return;
    this.#wantedLabel = label;
    if (this.#view.status !== "unasked" && this.#view.status !== "denied") void this.#reopen();
  }

  /** Tells an assistant that was away what the microphone is doing. */
  reportAgain(): void {
    if (this.#reported) void this.#bridge.request("report-microphone", this.#reported);
  }

  async #reopen(): Promise<void> {
    if (this.#muted) return this.#show({ status: "off" });
    if (!this.#sink) return;
    this.#release();
    const attempt = this.#attempt;
    this.#show({ status: "opening" });
    const opened = await openMicrophone(this.#wantedLabel);
    if (attempt !== this.#attempt) return opened.ok ? opened.microphone.close() : undefined;
    if (!opened.ok) return this.#fail(opened.problem);
    this.#open = opened.microphone;
    opened.microphone.connect(this.#context, this.#sink);
    keepWatch(opened.microphone.track, {
      ended: () => attempt === this.#attempt && this.#ended(),
      silenced: (silenced) => attempt === this.#attempt && this.#silenced(silenced),
    });
    this.#live();
    if (opened.microphone.track.muted) this.#silenced(true);
    const available = await listMicrophones();
    this.#show({ available });
  }

  #permissionChanged(): void {
    const { status } = this.#view;
    if (this.#permission?.state === "denied") this.#fail("denied");
    else if (this.#permission?.state === "granted") {
      const hasConsent = this.#bridge.shell === "browser" || localStorage.getItem(CONSENT_KEY) !== null;
      if (hasConsent && status !== "live" && status !== "opening") void this.#reopen();
    } else if (status !== "opening" && status !== "off") {
      this.#release();
      this.#show({ status: "unasked" });
    }
  }

  async #devicesChanged(): Promise<void> {
    const available = await listMicrophones();
    this.#show({ available });
    const { status, label } = this.#view;
    const wantedIsBack = this.#wantedLabel !== label && available.includes(this.#wantedLabel);
    const isGone = status === "missing" || status === "lost" || status === "busy";
    if (isGone || (status === "live" && wantedIsBack)) await this.#reopen();
  }

  /** The device went away, or the user took the permission back. Another device may take its place. */
  #ended(): void {
    if (this.#permission && this.#permission.state !== "granted") return this.#permissionChanged();
    this.#fail("lost");
    void this.#reopen();
  }

  #silenced(silenced: boolean): void {
    if (!silenced) return this.#live();
    this.#show({ status: "silenced" });
    this.#report(REPORTED.silenced);
    this.#onLevel(0);
  }

  #live(): void {
    this.#show({ status: "live", label: this.#open?.track.label ?? "" });
    this.#report("live");
  }

  #fail(problem: MicrophoneProblem): void {
    this.#release();
    this.#show({ status: problem });
    this.#report(REPORTED[problem]);
  }

  #release(): void {
    this.#attempt++;
    this.#open?.close();
    this.#open = undefined;
    this.#onLevel(0);
  }

  #report(status: ReportedStatus): void {
    this.#reported = { status, label: this.#view.label.slice(0, 200) };
    this.reportAgain();
  }

  #show(change: Partial<MicrophoneView>): void {
    this.#view = { ...this.#view, ...change };
    this.#onView(this.#view);
  }
}
