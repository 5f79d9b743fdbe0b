import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that the server got. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  /** Parsed JSON, or undefined. */
  readonly body: unknown;
  /** Resolves when the client hangs up or the answer is complete. */
  readonly closed: Promise<void>;
}

/** What a test makes the server do with a completion request. */
export type Behaviour = (response: ServerResponse, seen: SeenRequest) => void | Promise<void>;

/** A real HTTP server on a port of its own that stands in for Ollama and the like. */
export class LanguageModelServer {
  readonly seen: SeenRequest[] = [];
  behaviour: Behaviour = (response) => streamWords(response, ["Hello", " there."]);
  models: Behaviour = (response) => sendJson(response, 200, { object: "list", data: [{ id: "first-model" }] });
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString("utf8");
    const seen: SeenRequest = {
      method: request.method ?? "",
      path: request.url ?? "",
      authorization: request.headers.authorization,
      body: text === "" ? undefined : JSON.parse(text),
      closed: new Promise((resolve) => response.once("close", () => resolve())),
    };
    this.seen.push(seen);
    await (seen.path.endsWith("/models") ? this.models : this.behaviour)(response, seen);
  }
}

/** Begins an event stream. */
export function beginStream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
}

/** Sends one piece of an answer, as OpenAI's chat completions API does. */
export function sendWord(response: ServerResponse, content: string): void {
  const delta = { id: "1", object: "chat.completion.chunk", created: 1, model: "m" };
  response.write(`data: ${JSON.stringify({ ...delta, choices: [{ index: 0, delta: { content } }] })}\n\n`);
}

/** Ends an answer properly. */
export function endStream(response: ServerResponse): void {
  const last = { id: "1", object: "chat.completion.chunk", created: 1, model: "m" };
  response.write(
    `data: ${JSON.stringify({ ...last, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })}\n\ndata: [DONE]\n\n`,
  );
  response.end();
}

/** A whole answer. */
export function streamWords(response: ServerResponse, words: readonly string[]): void {
  beginStream(response);
  for (const word of words) sendWord(response, word);
  endStream(response);
}

/** Answers with JSON and a status. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}
