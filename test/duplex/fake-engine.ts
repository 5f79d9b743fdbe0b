import type {
  ConversationEngine,
  ConversationOutput,
  ConversationState,
} from "../../src-main/wire/conversation-engine.ts";
import type { OpenConversationEngine } from "../../src-main/duplex/duplex-conversation.ts";
import { failure } from "../../src-shared/failure.ts";

/** What an engine that failed says of itself. */
export const LOST = failure("source-lost", "wire", "it ended by SIGKILL", true);

/** A conversation engine that says what it is told to, and remembers what it heard. */
export class FakeEngine implements ConversationEngine {
  readonly heard: Float32Array[] = [];
  readonly output: ConversationOutput;
  readonly tell: (state: ConversationState) => void;
  isClosed = false;

  constructor(output: ConversationOutput, tell: (state: ConversationState) => void) {
    this.output = output;
    this.tell = tell;
  }

  hear(pcm: Float32Array): void {
    this.heard.push(pcm);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.tell({ kind: "closed" });
  }
}

/** Opens fake engines for everything but our own conversation, and keeps them. */
export function fakeOpener(engines: FakeEngine[]): OpenConversationEngine {
  return ({ engine }, output, onState) => {
    if (engine === "own") return undefined;
    const opened = new FakeEngine(output, onState);
    engines.push(opened);
    return opened;
  };
}
