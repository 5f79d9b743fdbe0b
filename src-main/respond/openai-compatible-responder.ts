import { z } from "zod";
import { failure, FailureError, type Failure, type FailureCode } from "../../src-shared/failure.ts";
import type { Settings } from "../../src-shared/settings.ts";
import type { ConversationEntry, ReplyPart, ReplyRequest, Responder } from "../turn/ports.ts";
import { PlainTextStream } from "./plain-text.ts";
import { apiBaseUrl } from "./server-address.ts";

const INSTRUCTIONS =
  "You are Repartee, a voice assistant. Your answer is spoken aloud: answer in one to three short plain sentences, the way people talk. " +
  "No Markdown, lists, headings, emoji, code or web addresses. Write numbers, units and abbreviations as they are said. The user's words " +
  "come from speech recognition and may be misheard. If you do not know, say so.";
const INTERRUPTED = "… [interrupted by the user]";
const MOST_ENTRIES = 24;
/** Longest pause inside an answer before the server counts as stuck. */
const STALL_TIMEOUT_MS = 8_000;
/** Models that servers list beside those that chat. */
const NOT_FOR_TEXT = /embed|rerank|whisper|tts/i;

const SENTENCES: Partial<Record<FailureCode, string>> = {
  "respond-unreachable": "I can not reach the language model server right now.",
  "respond-timeout": "The language model is taking too long to answer.",
  "respond-refused":
    "The language model server refused my request. Please check the key and the model name in the settings.",
  "respond-failed": "Something went wrong on the language model server.",
};
const BROKEN_OFF = "Sorry, the language model broke off its answer.";

/** How to reach a language model; see the settings schema. */
export type LanguageModelSettings = Settings["languageModel"];

/** What can be changed for tests. */
export interface OpenAiCompatibleOptions {
  readonly stallTimeoutMs?: number;
}

const modelListSchema = z.object({ data: z.array(z.object({ id: z.string() })) });

/**
 * Answers with a server that speaks OpenAI's chat completions API and streams: Ollama, LM Studio, llama.cpp, vLLM. The settings are read for
 * every request; for the address see {@link apiBaseUrl}; without a model name the server's first model that chats
 * is used. A failure is said in one
 * friendly sentence before its `failure` part. Nothing is tried twice. Codes: respond-unreachable, respond-timeout, respond-refused,
 * respond-failed.
 */
export class OpenAiCompatibleResponder implements Responder {
  readonly #settings: () => LanguageModelSettings;
  readonly #stallTimeoutMs: number;
  /** The first model of a server, by its address, until one is refused: it may be gone. */
  readonly #firstModels = new Map<string, string>();

  constructor(
    settings: () => LanguageModelSettings,
    { stallTimeoutMs = STALL_TIMEOUT_MS }: OpenAiCompatibleOptions = {},
  ) {
    this.#settings = settings;
    this.#stallTimeoutMs = stallTimeoutMs;
  }

  async *respond(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyPart> {
    const plain = new PlainTextStream();
    let said = "";
    try {
      for await (const delta of this.#stream(request, signal)) {
        const piece = plain.push(delta);
        const text = said === "" ? piece.trimStart() : piece;
        if (text === "") continue;
        said += text;
        yield { kind: "text", text };
      }
      const text = plain.finish();
      if (text !== "") yield { kind: "text", text };
      if ((said + text).trim() === "")
        throw new FailureError(failure("respond-failed", "respond", "empty answer", true));
    } catch (error) {
      if (signal.aborted) return;
      const reason = error instanceof FailureError ? error.failure : classify(error);
      if (reason.code === "respond-refused") this.#firstModels.clear();
      const rest = plain.finish();
      yield { kind: "text", text: rest + apologize(said + rest, reason) };
      yield { kind: "failure", failure: reason };
    }
  }

  /** The answer's text as it comes. Throws what {@link classify} understands. */
  async *#stream(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<string> {
    const settings = this.#settings();
    const watch = new Watchdog(signal);
    watch.expectWithin(settings.firstTokenTimeoutMs, "no first token");
    try {
      const [{ streamText, wrapLanguageModel, extractReasoningMiddleware }, { createOpenAICompatible }] =
        await libraries();
      const baseURL = apiBaseUrl(settings.baseUrl);
      const provider = createOpenAICompatible({
        name: "server",
        baseURL,
        ...(settings.apiKey && { apiKey: settings.apiKey }),
      });
      const name = settings.model || (await this.#firstModel(baseURL, settings.apiKey, watch.signal));
      const { stream } = streamText({
        model: wrapLanguageModel({
          model: provider.chatModel(name),
          middleware: extractReasoningMiddleware({ tagName: "think" }),
        }),
        instructions: INSTRUCTIONS,
        messages: toMessages(request.history, request.text),
        maxRetries: 0,
        abortSignal: watch.signal,
        onError: () => undefined,
      });
      for await (const part of stream) {
        watch.check();
        if (part.type === "error") throw part.error;
        if (part.type !== "text-delta" || part.text === "") continue;
        watch.expectWithin(this.#stallTimeoutMs, "stalled");
        yield part.text;
      }
      watch.check();
    } catch (error) {
      watch.check();
      throw error;
    } finally {
      watch.end();
    }
  }

  async #firstModel(baseUrl: string, apiKey: string, signal: AbortSignal): Promise<string> {
    const known = this.#firstModels.get(baseUrl);
    if (known !== undefined) return known;
    const headers = apiKey === "" ? {} : { authorization: `Bearer ${apiKey}` };
    const response = await fetch(`${baseUrl}/models`, { headers, signal });
    if (!response.ok) throw new FailureError(failureOfStatus(response.status));
    const list = modelListSchema.safeParse(await response.json().catch(() => undefined));
    const names = list.success ? list.data.data.map(({ id }) => id) : [];
    const first = names.find((name) => !NOT_FOR_TEXT.test(name)) ?? names[0];
    if (first === undefined)
      throw new FailureError(failure("respond-refused", "respond", "the server offers no model"));
    this.#firstModels.set(baseUrl, first);
    return first;
  }
}

/** Loads the client libraries ahead of the first request: 0.15 s on the main thread. */
export async function warmUpLanguageModel(): Promise<void> {
  await libraries();
}

/** Aborts with a failure when something expected does not come in time, or when the reply is not wanted any more. */
class Watchdog {
  readonly signal: AbortSignal;
  readonly #abort = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #failure: Failure | undefined;

  constructor(signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#abort.signal]);
  }

  expectWithin(timeoutMs: number, detail: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#failure = failure("respond-timeout", "respond", `${detail} within ${timeoutMs} ms`, true);
      this.#abort.abort();
    }, timeoutMs);
  }

  /** Throws when time ran out or the reply was cancelled. */
  check(): void {
    if (this.#failure) throw new FailureError(this.#failure);
    this.signal.throwIfAborted();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#abort.abort();
  }
}

function libraries() {
  return Promise.all([import("ai"), import("@ai-sdk/openai-compatible")]);
}

/** The conversation as the model gets it: begins with the user and alternates, as some chat templates demand. Pure. */
export function toMessages(history: readonly ConversationEntry[], text: string) {
  const messages: { role: "user" | "assistant"; content: string }[] = [];
  const entries = [...history.slice(-MOST_ENTRIES), { speaker: "user", text, interrupted: false } as const];
  for (const entry of entries) {
    const content = entry.interrupted ? entry.text + INTERRUPTED : entry.text;
    const last = messages.at(-1);
    if (last?.role === entry.speaker) last.content += `\n${content}`;
    else if (last || entry.speaker === "user") messages.push({ role: entry.speaker, content });
  }
  return messages;
}

/** What an error of the client library or of `fetch` means. Its message may quote the conversation, so only its kind is kept. */
function classify(error: unknown): Failure {
  const { statusCode, name, cause } = (error ?? {}) as { statusCode?: number; name?: string; cause?: unknown };
  if (statusCode !== undefined && (statusCode < 200 || statusCode > 299)) return failureOfStatus(statusCode);
  const code = findSystemCode(cause);
  if (code !== undefined) return failure("respond-unreachable", "respond", code, true);
  return failure("respond-failed", "respond", name ?? "unknown error", true);
}

function failureOfStatus(status: number): Failure {
  if (status >= 500) return failure("respond-failed", "respond", `HTTP ${status}`, true);
  return failure("respond-refused", "respond", `HTTP ${status}`, status === 429);
}

/** The system's code for a connection that could not be made, ECONNREFUSED and the like. */
function findSystemCode(cause: unknown): string | undefined {
  for (let error = cause; error instanceof Error; error = error.cause) {
    const { code } = error as NodeJS.ErrnoException;
    if (code && !code.startsWith("UND_ERR_SOCKET")) return code;
  }
  return undefined;
}

function apologize(said: string, { code }: Failure): string {
  if (said.trim() === "") return SENTENCES[code] ?? BROKEN_OFF;
  return `${/[.!?…]\s*$/.test(said) ? " " : ". "}${BROKEN_OFF}`;
}
