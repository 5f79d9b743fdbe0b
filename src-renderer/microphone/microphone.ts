import type { AssistantBridge, RequestInput } from "../../src-shared/assistant-contract.ts";

/** What the microphone is doing. `unasked`: the user has not allowed it yet; `off`: muted, the device is released. */
export type MicrophoneStatus = "unasked" | "opening" | "off" | RequestInput<"report-microphone">["status"];

/** What the window shows of the microphone. */
export interface MicrophoneView {
  readonly status: MicrophoneStatus;
  /** The device's name as the system calls it. */
  readonly label: string;
  /** Names of all microphones, once the user has allowed one. */
  readonly available: readonly string[];
}

/** Opens, releases and watches the microphone, and tells the assistant what became of it. The capture worklet gets the samples. */
export class Microphone {
  readonly #context: AudioContext;
  readonly #bridge: AssistantBridge;
  #sink: AudioWorkletNode | undefined;
  #stream: MediaStream | undefined;
  #source: MediaStreamAudioSourceNode | undefined;
  #view: MicrophoneView = { status: "unasked", label: "", available: [] };
  #wantedLabel = "";
  #muted = false;
  #onView: (view: MicrophoneView) => void = () => undefined;
  #onLevel: (levelRatio: number) => void = () => undefined;

  constructor(context: AudioContext, bridge: AssistantBridge) {
    this.#context = context;
    this.#bridge = bridge;
  }

  /** Calls back now and at every change, and with the level about 30 times a second. */
  observe(onView: (view: MicrophoneView) => void, onLevel: (levelRatio: number) => void): void {
    this.#onView = onView;
    this.#onLevel = onLevel;
    onView(this.#view);
  }

  /** Sends its sound to this node. */
  feed(sink: AudioWorkletNode): void {
    this.#sink = sink;
    sink.port.onmessage = ({ data }: MessageEvent<number>) => this.#onLevel(data);
  }

  /** Opens the microphone if the user has allowed it before; else waits for {@link open}. */
  async start(): Promise<void> {
    navigator.mediaDevices.addEventListener("devicechange", () => void this.#devicesChanged());
    const permission = await navigator.permissions
      .query({ name: "microphone" as PermissionName })
      .catch(() => undefined);
    permission?.addEventListener("change", () => void this.open());
    if (permission?.state === "granted") await this.open();
    else if (permission?.state === "denied") this.#fail("denied");
  }

  /** Opens the microphone, asking the user if need be. */
  async open(): Promise<void> {
    if (this.#muted || !this.#sink || this.#view.status === "opening") return;
    this.#release();
    this.#show({ status: "opening" });
    try {
      const deviceId = await this.#findDevice();
      this.#stream = await navigator.mediaDevices.getUserMedia({
        audio: {
          echoCancellation: true,
          noiseSuppression: true,
          autoGainControl: true,
          channelCount: 1,
          ...(deviceId && { deviceId: { exact: deviceId } }),
        },
      });
    } catch (error) {
      return this.#fail((error as DOMException).name === "NotAllowedError" ? "denied" : "missing");
    }
    if (this.#muted) return this.#release();
    const [track] = this.#stream.getAudioTracks() as [MediaStreamTrack];
    track.addEventListener("ended", () => this.#fail("lost"));
    this.#source = new MediaStreamAudioSourceNode(this.#context, { mediaStream: this.#stream });
    this.#source.connect(this.#sink);
    this.#show({ status: "live", label: track.label, available: await listMicrophones() });
    this.#report("live", track.label);
  }

  /** Muting releases the device; unmuting opens it again. */
  setMuted(muted: boolean): void {
    if (muted === this.#muted) return;
    this.#muted = muted;
    if (!muted) {
      void this.open();
      return;
    }
    this.#release();
    this.#show({ status: "off" });
  }

  /** Uses the microphone of this name from now on; empty for the system's default. */
  choose(label: string): void {
    if (label === this.#wantedLabel) return;
    this.#wantedLabel = label;
    if (this.#view.status === "live") void this.open();
  }

  async #devicesChanged(): Promise<void> {
    const { status } = this.#view;
    const available = await listMicrophones();
    this.#show({ available });
    const wantedIsBack =
      this.#wantedLabel !== "" && this.#wantedLabel !== this.#view.label && available.includes(this.#wantedLabel);
    if (status === "missing" || status === "lost" || (status === "live" && wantedIsBack)) await this.open();
  }

  async #findDevice(): Promise<string | undefined> {
    if (this.#wantedLabel === "") return undefined;
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.find(({ kind, label }) => kind === "audioinput" && label === this.#wantedLabel)?.deviceId;
  }

  #fail(status: "denied" | "missing" | "lost"): void {
    const { label } = this.#view;
    this.#release();
    this.#show({ status });
    this.#report(status, label);
    this.#onLevel(0);
    if (status === "lost") void this.open();
  }

  #release(): void {
    this.#source?.disconnect();
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = undefined;
    this.#source = undefined;
    this.#onLevel(0);
  }

  #report(status: RequestInput<"report-microphone">["status"], label: string): void {
    void this.#bridge.request("report-microphone", { status, label });
  }

  #show(change: Partial<MicrophoneView>): void {
    this.#view = { ...this.#view, ...change };
    this.#onView(this.#view);
  }
}

async function listMicrophones(): Promise<string[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices
    .filter(({ kind, deviceId }) => kind === "audioinput" && deviceId !== "default")
    .map(({ label }) => label);
}
