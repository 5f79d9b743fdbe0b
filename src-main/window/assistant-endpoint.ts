import type { AssistantEvent, MicrophoneFrame } from "../../src-shared/assistant-contract.ts";
import type { Outcome } from "../../src-shared/failure.ts";
import type { SpeakerCommand, SpeakerReport } from "../../src-shared/speaker-protocol.ts";

/** What a shell needs of the assistant: requests, events, and one page's audio at a time. Main thread. */
export interface AssistantEndpoint {
  /** Validates `name` and `input` against the contract; protocol-error when they are not in it. */
  request(name: string, input: unknown): Promise<Outcome<unknown>>;
  /** The settings and the latest snapshot come first, then every event until the returned function is called. */
  subscribe(listener: (event: AssistantEvent) => void): () => void;
  /** Hears and speaks through this page from now on, in place of an earlier one. */
  attachAudio(session: AudioSession): void;
  /** The page is gone. Nothing happens when another page has taken its place. */
  detachAudio(session: AudioSession): void;
}

/** One page's microphone and speaker. The assistant sets the two callbacks when it attaches the session. */
export interface AudioSession {
  onMicrophoneFrame: (frame: MicrophoneFrame) => void;
  onSpeakerReport: (report: SpeakerReport) => void;
  readonly sendSpeakerCommand: (command: SpeakerCommand) => void;
}
