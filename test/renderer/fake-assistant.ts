import type { AssistantBridge, AssistantEvent, MicrophoneFrame } from "../../src-shared/assistant-contract.ts";
import type { Settings } from "../../src-shared/settings.ts";
import type { SpeakerReport } from "../../src-shared/speaker-protocol.ts";

/** What a test sees of the fake assistant, as `window.fake` in the page. */
export interface FakeAssistant {
  readonly requests: { name: string; input: unknown }[];
  readonly frames: MicrophoneFrame[];
  readonly reports: SpeakerReport[];
  /** Names of requests that fail from now on. */
  readonly failing: Set<string>;
  speaker: MessagePort | undefined;
  emit(event: AssistantEvent): void;
}

declare global {
  interface Window {
    fake: FakeAssistant;
  }
}

/** Puts a fake `window.assistant` into the page. Runs in the page, before its scripts: it may use nothing from outside. */
export function installFakeAssistant(microphone: "granted" | "denied" | "prompt"): void {
  const listeners = new Set<(event: AssistantEvent) => void>();
  const fake: FakeAssistant = {
    requests: [],
    frames: [],
    reports: [],
    failing: new Set(),
    speaker: undefined,
    emit: (event) => {
      for (const listener of listeners) listener(event);
    },
  };
  const settings: Settings = {
    voice: "slt",
    speakingRateRatio: 1,
    volumeRatio: 0.8,
    microphoneLabel: "",
    mode: "hands-free",
    patience: "balanced",
    wakePhrase: "hey repartee",
    endOfTurn: "embedded",
    recognition: { engine: "embedded", urls: [], apiKey: "", model: "", delayFrames: 6 },
    speech: { engine: "embedded", urls: [], apiKey: "", model: "", voice: "" },
    conversation: { engine: "own", command: [], url: "", voicePrompt: "", textPrompt: "" },
    useEmbeddedOnFailure: true,
    earcons: false,
    acknowledgements: true,
    recorder: "off",
    echoReturnLossDb: {},
    languageModel: { baseUrl: "", model: "", apiKey: "", firstTokenTimeoutMs: 15_000 },
  };
  const bridge: AssistantBridge = {
    shell: "browser",
    request: (name, input) => {
      fake.requests.push({ name, input });
      if (fake.failing.has(name)) {
        const failure = { code: "settings-unwritable", stage: "settings", detail: "", retryable: true } as const;
        return Promise.resolve({ ok: false, failure });
      }
      if (name !== "update-settings") return Promise.resolve({ ok: true, value: null as never });
      Object.assign(settings, input);
      const changed = { ...settings };
      fake.emit({ kind: "settings", settings: changed });
      return Promise.resolve({ ok: true, value: changed as never });
    },
    subscribe: (listener) => {
      listeners.add(listener);
      listener({ kind: "settings", settings });
      return () => listeners.delete(listener);
    },
    requestAudioPorts: () => {
      const [frames, speaker] = [new MessageChannel(), new MessageChannel()];
      frames.port2.onmessage = ({ data }: MessageEvent<MicrophoneFrame>) => fake.frames.push(data);
      speaker.port2.onmessage = ({ data }: MessageEvent<SpeakerReport>) => fake.reports.push(data);
      fake.speaker = speaker.port2;
      window.postMessage({ kind: "repartee-audio-ports" }, window.origin, [frames.port1, speaker.port1]);
    },
  };
  Object.assign(window, { fake, assistant: bridge });
  const permission = Object.assign(new EventTarget(), { state: microphone });
  Object.defineProperty(navigator.permissions, "query", { value: () => Promise.resolve(permission) });
  if (microphone !== "denied") return;
  const refuse = () => Promise.reject(new DOMException("denied by the test", "NotAllowedError"));
  Object.defineProperty(navigator.mediaDevices, "getUserMedia", { value: refuse });
}
