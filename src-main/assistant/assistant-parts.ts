import type { RequestInput } from "../../src-shared/assistant-contract.ts";
import type { Outcome } from "../../src-shared/failure.ts";
import type { LabEvent } from "../../src-shared/playback-lab.ts";
import type { Settings, SettingsPatch } from "../../src-shared/settings.ts";
import type { TimerView, TurnView } from "../../src-shared/turn-view.ts";
import type { DuplexConversation } from "../duplex/duplex-conversation.ts";
import type { RecordedStep, TurnStages } from "../turn/runner.ts";
import type { AudioSession } from "../window/assistant-endpoint.ts";

/** The settings in force and the one way to change them. */
export interface SettingsStore {
  readonly current: Settings;
  /** Codes: settings-invalid, settings-unwritable. The change holds for this session even when it could not be saved. */
  update(patch: SettingsPatch): Promise<Outcome<Settings>>;
  onChange(listener: (settings: Settings) => void): void;
}

/** The timers as the window needs them. */
export interface TimerList {
  list(): readonly TimerView[];
  cancel(id: number): void;
  onChange(listener: () => void): void;
  onDue(listener: (announcement: string) => void): void;
}

/** Plays experiments in place of the assistant. */
export interface Laboratory {
  /** Code: jitter-invalid. A `finished` event follows every start. */
  play(experiment: RequestInput<"lab-play">): Outcome<null>;
  stop(): void;
  onEvent(listener: (event: LabEvent) => void): void;
}

/** Keeps what happens in a conversation, as far as the user wants it. Never blocks and never throws. */
export interface ConversationRecorder {
  stepped(step: RecordedStep): void;
  turnEnded(turn: TurnView): void;
  /** The recognizer gets a frame: mono samples at 16 kHz, and the time just after the last one. */
  heard(pcm16: Float32Array, endedAtMs: number): void;
}

/** Where microphone frames come from; the assistant sets the callback. */
export type MicrophoneSession = Pick<AudioSession, "onMicrophoneFrame">;

/** What an assistant is made of. `engines` resolves when every engine is loaded and warm. */
export interface AssistantParts {
  readonly stages: TurnStages;
  readonly settings: SettingsStore;
  readonly timers: TimerList;
  readonly lab: Laboratory;
  readonly recorder: ConversationRecorder;
  /** Takes the place of the stages while the user has another engine hold the conversation. */
  readonly duplex: DuplexConversation;
  readonly engines: Promise<Outcome<unknown>>;
  /** Connects the player to a page's speaker; undefined disconnects it. */
  readonly attachSpeaker: (session: AudioSession | undefined) => void;
  readonly close: () => Promise<void>;
}
