import type { AssistantEvent, MicrophoneFrame } from "../../src-shared/assistant-contract.ts";
import type { Outcome } from "../../src-shared/failure.ts";
import type { SpeakerCommand, SpeakerReport } from "../../src-shared/speaker-protocol.ts";

/** What a shell needs of the assistant: requests, events, and one page's audio at a time. Main thread. */
export interface AssistantEndpoint {
  /** Validates `name` and `input` against the contract; protocol-error when they are not in it. `page`: whose request it is. */
  request(name: string, input: unknown, page?: AudioSession): Promise<Outcome<unknown>>;
  /** The settings and the latest snapshot come first, then every event until the returned function is called. */
  subscribe(listener: (event: AssistantEvent) => void): () => void;
  /** Hears and speaks through this page from now on, in place of an earlier one. A page that renews its audio keeps its place. */
  attachAudio(page: AudioSession): void;
  /** The page is gone, and with it what it held. The one before it takes its place. */
  detachAudio(page: AudioSession): void;
}

/** One page: its microphone and speaker. The assistant sets the two callbacks when it attaches the session. */
export interface AudioSession {
  onMicrophoneFrame: (frame: MicrophoneFrame) => void;
  onSpeakerReport: (report: SpeakerReport) => void;
  readonly sendSpeakerCommand: (command: SpeakerCommand) => void;
}
