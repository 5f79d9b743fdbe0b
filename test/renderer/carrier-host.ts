import { createReadStream } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { WebSocketServer } from "ws";
import type { AssistantEvent } from "../../src-shared/assistant-contract.ts";
import { succeeded, type Outcome } from "../../src-shared/failure.ts";
import type { SpeakerReport } from "../../src-shared/speaker-protocol.ts";
import type { AssistantEndpoint, AudioSession } from "../../src-main/window/assistant-endpoint.ts";
import { carryPage } from "../../src-main/window/carried-page.ts";

const HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; connect-src 'self'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

/** One microphone frame, and when it arrived. */
export interface ArrivedFrame {
  readonly pcm: Float32Array;
  readonly endedAtMs: number;
  readonly arrivedAtMs: number;
}

/** An assistant that only takes notes, as far as a page can see one through the browser shell's carrier. */
export class NotingAssistant implements AssistantEndpoint {
  readonly requests: { readonly name: string; readonly input: unknown }[] = [];
  readonly frames: ArrivedFrame[] = [];
  readonly reports: SpeakerReport[] = [];
  readonly sessions: AudioSession[] = [];
  detached = 0;
  readonly #events: () => AssistantEvent[];
  readonly #listeners = new Set<(event: AssistantEvent) => void>();

  /** `events`: what a page is told first. */
  constructor(events: () => AssistantEvent[]) {
    this.#events = events;
  }

  request(name: string, input: unknown): Promise<Outcome<unknown>> {
    this.requests.push({ name, input });
    return Promise.resolve(succeeded(null));
  }

  subscribe(listener: (event: AssistantEvent) => void): () => void {
    this.#listeners.add(listener);
    for (const event of this.#events()) listener(event);
    return () => this.#listeners.delete(listener);
  }

  emit(event: AssistantEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  attachAudio(session: AudioSession): void {
    this.sessions.push(session);
    session.onMicrophoneFrame = (frame) =>
      this.frames.push({ ...frame, arrivedAtMs: performance.timeOrigin + performance.now() });
    session.onSpeakerReport = (report) => this.reports.push(report);
  }

  detachAudio(): void {
    this.detached++;
  }

  inputsOf(name: string): unknown[] {
    return this.requests.filter((request) => request.name === name).map(({ input }) => input);
  }
}

/** The built window and the carrier on a port of this machine; can be cut off and come back on the same port. */
export class CarrierHost {
  readonly #folder: string;
  readonly #assistant: AssistantEndpoint;
  #server: Server | undefined;
  #sockets: WebSocketServer | undefined;
  #port = 0;

  constructor(folder: string, assistant: AssistantEndpoint) {
    this.#folder = folder;
    this.#assistant = assistant;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  async listen(): Promise<void> {
    const server = createServer((request, response) => {
      for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
      const path = request.url === "/" ? "index.html" : (request.url ?? "");
      response.setHeader("Content-Type", TYPES[extname(path)] ?? "text/plain");
      createReadStream(join(this.#folder, path))
        .on("error", () => response.writeHead(404).end())
        .pipe(response);
    });
    this.#sockets = new WebSocketServer({ server, path: "/carrier", perMessageDeflate: false });
    this.#sockets.on("connection", (socket) => carryPage(socket, this.#assistant, 15_000));
    await new Promise<void>((listening) => server.listen(this.#port, "127.0.0.1", listening));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Ends every connection without a word, as a crash would; `listen` brings it back. */
  async crash(): Promise<void> {
    for (const socket of this.#sockets?.clients ?? []) socket.terminate();
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    this.#server?.closeAllConnections();
    await closed;
  }
}
