import {
  OpenAiCompatibleResponder,
  type LanguageModelSettings,
} from "../../src-main/respond/openai-compatible-responder.ts";
import type { ConversationEntry, ReplyPart } from "../../src-main/turn/ports.ts";

/** A whole reply of a language model. */
export interface Reply {
  readonly text: string;
  readonly parts: readonly ReplyPart[];
  /** Code of the failure, if there was one. */
  readonly code: string | undefined;
  readonly elapsedMs: number;
}

/** Asks a language model server and waits until the reply is over. */
export async function askLanguageModel(
  settings: LanguageModelSettings,
  text = "What is the capital of France?",
  { history = [] as ConversationEntry[], signal = new AbortController().signal, stallTimeoutMs = 300 } = {},
): Promise<Reply> {
  const responder = new OpenAiCompatibleResponder(() => settings, { stallTimeoutMs });
  const parts: ReplyPart[] = [];
  const startedAtMs = performance.now();
  for await (const part of responder.respond({ key: { turnId: 1, revision: 0 }, text, history }, signal))
    parts.push(part);
  return {
    text: parts.map((part) => (part.kind === "text" ? part.text : "")).join(""),
    parts,
    code: parts.flatMap((part) => (part.kind === "failure" ? part.failure.code : []))[0],
    elapsedMs: performance.now() - startedAtMs,
  };
}
