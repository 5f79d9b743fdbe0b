import type { WebSocket } from "ws";

/** Bounds of a {@link SocketOutbox}. */
export interface SocketOutboxOptions {
  /** More than this waiting for a peer that does not read is given up. */
  readonly mostQueuedBytes: number;
  /** Something waiting this long without any of it leaving is given up. */
  readonly stallMs: number;
  /** Called once, when it is given up. */
  readonly onGivenUp: () => void;
}

/** Above this many waiting bytes a sender should be patient. */
const ENOUGH_BYTES = 256 * 1024;

/** What a WebSocket still has to send: bounded in bytes and in time, with a way to wait for room. */
export class SocketOutbox {
  readonly #socket: WebSocket;
  readonly #options: SocketOutboxOptions;
  #queuedBytes = 0;
  #isOver = false;
  #stall: NodeJS.Timeout | undefined;
  #waiting: { readonly belowBytes: number; readonly resolve: () => void }[] = [];

  constructor(socket: WebSocket, options: SocketOutboxOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  /** Handed over and not yet passed on to the system, in bytes. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Sends; false when the sender should await {@link drained} before it goes on. After the end it does nothing. */
  send(message: Uint8Array | string): boolean {
    if (this.#isOver || this.#socket.readyState !== this.#socket.OPEN) return true;
    const bytes = typeof message === "string" ? Buffer.byteLength(message) : message.byteLength;
    if (this.#queuedBytes > 0 && this.#queuedBytes + bytes > this.#options.mostQueuedBytes) {
      this.#giveUp();
      return true;
    }
    this.#queuedBytes += bytes;
    this.#stall ??= this.#watch();
    this.#socket.send(message, { binary: typeof message !== "string" }, () => this.#sent(bytes));
    return this.#queuedBytes < ENOUGH_BYTES;
  }

  /** Resolves once less than `belowBytes` wait, half of what makes {@link send} ask for patience unless told, or it is over. */
  drained(belowBytes = ENOUGH_BYTES / 2): Promise<void> {
    if (this.#isOver || this.#queuedBytes < belowBytes) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ belowBytes, resolve }));
  }

  /** Nothing is sent any more; who waits is let go. */
  end(): void {
    this.#isOver = true;
    clearTimeout(this.#stall);
    this.#release();
  }

  #sent(bytes: number): void {
    this.#queuedBytes -= bytes;
    clearTimeout(this.#stall);
    this.#stall = this.#queuedBytes > 0 && !this.#isOver ? this.#watch() : undefined;
    this.#release();
  }

  #watch(): NodeJS.Timeout {
    return setTimeout(() => this.#giveUp(), this.#options.stallMs);
  }

  #giveUp(): void {
    if (this.#isOver) return;
    this.end();
    this.#options.onGivenUp();
  }

  #release(): void {
    if (this.#waiting.length === 0) return;
    const stillWaiting = this.#waiting.filter(({ belowBytes }) => !this.#isOver && this.#queuedBytes >= belowBytes);
    const free = this.#waiting.filter((one) => !stillWaiting.includes(one));
    this.#waiting = stillWaiting;
    for (const { resolve } of free) resolve();
  }
}
