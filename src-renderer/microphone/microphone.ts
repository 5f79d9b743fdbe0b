import type { AssistantBridge, RequestInput } from "../../src-shared/assistant-contract.ts";
import type { MicrophoneSettings } from "../../src-shared/request-schemas.ts";
import type { CaptureMessage } from "./capture-message.ts";
import { listMicrophones, watchDevices, type MicrophoneDevices } from "./device-watch.ts";
import { keepWatch, openMicrophone, type OpenMicrophone } from "./open-microphone.ts";
import { ReopeningBudget } from "./reopening-budget.ts";
import { SoundWatch, WATCH_TICK_MS, type SoundState } from "./sound-watch.ts";

/** What the assistant is told of the microphone. */
type ReportedStatus = RequestInput<"report-microphone">["status"];

/** Why there is no microphone, and what the user has to do about it. */
export type MicrophoneProblem = Exclude<ReportedStatus, "live"> | "busy" | "silenced" | "stalled";

/**
 * What the microphone is doing. `unknown`: the sound is not ready, and neither is known whether the user has allowed it; `unasked`: they have
 * not yet; `off`: muted, the device is released.
 */
export type MicrophoneStatus = "unknown" | "unasked" | "opening" | "live" | "off" | MicrophoneProblem;

/** What the window shows of the microphone. */
export interface MicrophoneView {
  readonly status: MicrophoneStatus;
  /** The device's name as the system calls it. */
  readonly label: string;
  /** Names of all microphones, once the user has allowed one. */
  readonly available: readonly string[];
  /** Name of the chosen microphone while the system's default stands in for it, because it is away or silent; else empty. */
  readonly standsInFor: string;
  /** How the open microphone is set. */
  readonly settings?: MicrophoneSettings;
}

const REPORTED: Record<MicrophoneProblem, ReportedStatus> = {
  denied: "denied",
  missing: "missing",
  lost: "lost",
  busy: "lost",
  silenced: "lost",
  silent: "silent",
  stalled: "lost",
};

/** Electron grants our page the microphone without asking: the user's word is remembered here. */
const CONSENT_KEY = "microphone-allowed";

/**
 * Opens, releases and watches the microphone, and tells the assistant what became of it. The capture worklet gets the samples. Every opening
 * voids the one before, so that no device stays open unnoticed. What is lost, stalls, falls silent or changes is opened again; the system's
 * default stands in for a chosen device that is away, or that has been silent ever since it was opened, until that one is back.
 */
export class Microphone {
  readonly #context: AudioContext;
  readonly #bridge: AssistantBridge;
  #sink: AudioWorkletNode | undefined;
  #open: OpenMicrophone | undefined;
  #attempt = 0;
  /** The opening that is under way: whether devices came or went since it began, which it may not know. */
  #opening: { isStale: boolean } | undefined;
  #watch = new SoundWatch();
  readonly #budget = new ReopeningBudget();
  /** The chosen microphone while the system's default stands in for it because it is silent. */
  #silentDevice: OpenMicrophone | undefined;
  /** Names of microphones that have sounded. One that falls silent later was switched off, or lets nothing through but speech. */
  readonly #sounded = new Set<string>();
  #systemDefault = "";
  #permission: PermissionStatus | undefined;
  #view: MicrophoneView = { status: "unknown", label: "", available: [], standsInFor: "" };
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
    sink.port.onmessage = ({ data }: MessageEvent<CaptureMessage>) => {
      if (data.kind === "level") this.#hear(data.levelRatio);
      else if (data.kind === "use") this.#open?.use(data.input);
      else this.#open?.connect(this.#context, sink);
    };
  }

  /** Opens the microphone if the user has allowed it before; else waits for {@link allow}. */
  async start(): Promise<void> {
    if (!navigator.mediaDevices) return this.#fail("missing");
    watchDevices((devices) => this.#devicesChanged(devices));
    setInterval(() => this.#lookAfter(), WATCH_TICK_MS);
    this.#permission = await navigator.permissions.query({ name: "microphone" }).catch(() => undefined);
    this.#permission?.addEventListener("change", () => this.#permissionChanged());
    this.#permissionChanged();
  }

  /** The user has read what the microphone is for and wants it. The browser or the system may still ask. */
  async allow(): Promise<void> {
    localStorage.setItem(CONSENT_KEY, "yes");
    this.#dropSilentDevice();
    this.#budget.renew();
    await this.#reopen();
  }

  /** Muting releases the device; unmuting opens it again. */
  setMuted(muted: boolean): void {
    if (muted === this.#muted) return;
    this.#muted = muted;
    if (muted) {
      this.#dropSilentDevice();
      this.#release();
      if (this.#isAllowed) this.#show({ status: "off" });
    } else if (this.#view.status === "off") void this.#reopen();
  }

  /** Uses the microphone of this name from now on; empty for the system's default. */
  choose(label: string): void {
    if (label === this.#wantedLabel) return;
    this.#wantedLabel = label;
    this.#dropSilentDevice();
    if (this.#isAllowed && this.#view.status !== "denied") void this.#reopen();
  }

  /** Tells an assistant that was away what the microphone is doing. */
  reportAgain(): void {
    if (this.#reported) void this.#bridge.request("report-microphone", this.#reported);
  }

  /** `before`: what the microphone was; it counts as that until sound arrives. */
  async #reopen(before: SoundState = "sounding"): Promise<void> {
    if (this.#muted) return this.#show({ status: "off" });
    if (!this.#sink) return;
    this.#release();
    const attempt = this.#attempt;
    const opening = { isStale: false };
    this.#opening = opening;
    if (before === "sounding") this.#show({ status: "opening" });
    const opened = await openMicrophone(this.#silentDevice ? "" : this.#wantedLabel);
    if (attempt !== this.#attempt) return opened.ok ? opened.microphone.close() : undefined;
    this.#opening = undefined;
    if (!opened.ok) {
      this.#fail(opened.problem);
      if (opening.isStale && opened.problem !== "denied") return this.#reopen();
      return opened.problem === "busy" ? this.#openLater() : undefined;
    }
    this.#open = opened.microphone;
    this.#watch = new SoundWatch(before);
    opened.microphone.connect(this.#context, this.#sink);
    keepWatch(opened.microphone.track, {
      ended: () => attempt === this.#attempt && this.#ended(),
      silenced: (silenced) => attempt === this.#attempt && this.#silenced(silenced),
    });
    if (before === "sounding") this.#live();
    else if (before === "stalled") this.#openLater(before);
    if (opened.microphone.track.muted) this.#silenced(true);
    const devices = await listMicrophones();
    if (attempt !== this.#attempt) return;
    if (opening.isStale) return this.#follow(devices);
    this.#systemDefault ||= devices.systemDefault;
    this.#show({ available: devices.labels });
  }

  /** As far as is known. */
  get #isAllowed(): boolean {
    return this.#view.status !== "unknown" && this.#view.status !== "unasked";
  }

  /** Opens it again as soon as the budget allows, unless something else happens first. */
  #openLater(before?: SoundState): void {
    const delayMs = this.#budget.next(performance.now());
    if (delayMs === undefined) return;
    const attempt = this.#attempt;
    setTimeout(() => {
      if (attempt === this.#attempt && this.#view.status !== "live") void this.#reopen(before);
    }, delayMs);
  }

  #permissionChanged(): void {
    const { status } = this.#view;
    if (this.#permission?.state === "denied") this.#fail("denied");
    else if (this.#permission?.state === "granted") {
      const hasConsent = this.#bridge.shell === "browser" || localStorage.getItem(CONSENT_KEY) !== null;
      if (!hasConsent && status === "unknown") this.#show({ status: "unasked" });
      if (hasConsent && status !== "live" && status !== "opening") void this.#reopen();
    } else if (status !== "opening" && status !== "off") {
      this.#dropSilentDevice();
      this.#release();
      this.#show({ status: "unasked" });
    }
  }

  #devicesChanged(devices: MicrophoneDevices): void {
    this.#budget.renew();
    if (this.#opening) this.#opening.isStale = true;
    else this.#follow(devices);
  }

  /** Opens another microphone where these devices ask for it. */
  #follow({ labels, systemDefault }: MicrophoneDevices): void {
    this.#show({ available: labels });
    const { status } = this.#view;
    const label = this.#open?.track.label;
    const wantedIsThere = labels.includes(this.#wantedLabel);
    if (!wantedIsThere) this.#dropSilentDevice();
    const wantedIsBack = wantedIsThere && this.#wantedLabel !== label && !this.#silentDevice;
    const usesDefault = !wantedIsThere || this.#silentDevice !== undefined;
    const defaultIsOther = usesDefault && this.#systemDefault !== "" && systemDefault !== this.#systemDefault;
    this.#systemDefault = systemDefault;
    const isGone = status === "missing" || status === "lost" || status === "busy";
    if (isGone || (this.#open && (wantedIsBack || defaultIsOther))) void this.#reopen();
  }

  /** The device went away, or the user took the permission back. Another device may take its place. */
  #ended(): void {
    if (this.#permission && this.#permission.state !== "granted") return this.#permissionChanged();
    this.#lose();
  }

  /** What was heard until now counts; then listening starts anew. */
  #lose(): void {
    this.#fail("lost");
    this.#openLater();
  }

  #silenced(silenced: boolean): void {
    if (silenced) return this.#trouble("silenced");
    this.#watch = new SoundWatch();
    this.#live();
  }

  /** A level arrived from the capture worklet. */
  #hear(levelRatio: number): void {
    if (!this.#open || this.#context.state !== "running") return;
    const hasSlept = this.#watch.level(Date.now(), this.#context.currentTime * 1000);
    if (hasSlept) return this.#lose();
    if (this.#view.status === "live") this.#onLevel(levelRatio);
  }

  /** Regularly, to notice what no event tells. */
  #lookAfter(): void {
    if (this.#context.state !== "running") return;
    if (this.#silentDevice?.sounds()) {
      this.#dropSilentDevice();
      return void this.#reopen();
    }
    if (!this.#open) return;
    if (this.#open.hasChanged()) return this.#lose();
    const change = this.#watch.tick(this.#open.sounds());
    if (this.#watch.hasSounded) this.#sounded.add(this.#open.track.label);
    if (change) this.#soundChanged(change);
  }

  #soundChanged(state: SoundState): void {
    if (this.#open?.track.muted) return;
    if (state === "sounding") return this.#live();
    this.#trouble(state);
    if (state === "stalled") this.#openLater(state);
    else if (this.#isChosenAndNeverSounded()) this.#letDefaultStandIn();
    else void this.#reopen(state);
  }

  #isChosenAndNeverSounded(): boolean {
    const { label } = this.#view;
    return label === this.#wantedLabel && !this.#silentDevice && !this.#sounded.has(label);
  }

  #letDefaultStandIn(): void {
    if (!this.#open || !this.#sink) return;
    this.#silentDevice = this.#open;
    this.#silentDevice.disconnect(this.#sink);
    this.#open = undefined;
    void this.#reopen();
  }

  #dropSilentDevice(): void {
    this.#silentDevice?.close();
    this.#silentDevice = undefined;
  }

  #live(): void {
    if (!this.#open) return;
    const { track, settings } = this.#open;
    const standsInFor = this.#wantedLabel === track.label ? "" : this.#wantedLabel;
    this.#show({ status: "live", label: track.label, settings, standsInFor });
    this.#report("live");
  }

  /** The device stays open. */
  #trouble(problem: "silenced" | "silent" | "stalled"): void {
    this.#show({ status: problem });
    this.#report(REPORTED[problem]);
    this.#onLevel(0);
  }

  #fail(problem: MicrophoneProblem): void {
    this.#release();
    this.#show({ status: problem });
    this.#report(REPORTED[problem]);
  }

  #release(): void {
    this.#attempt++;
    this.#opening = undefined;
    this.#open?.close();
    this.#open = undefined;
    this.#onLevel(0);
  }

  #report(status: ReportedStatus): void {
    const { label, settings } = this.#view;
    const isOpen = this.#open !== undefined && settings !== undefined;
    const report = { status, label: label.slice(0, 200), ...(isOpen && { settings }) };
    if (JSON.stringify(report) === JSON.stringify(this.#reported)) return;
    this.#reported = report;
    void this.#bridge.request("report-microphone", report);
  }

  #show(change: Partial<MicrophoneView>): void {
    this.#view = { ...this.#view, ...change };
    this.#onView(this.#view);
  }
}
