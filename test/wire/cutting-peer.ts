import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { startWebSocketPeer, type PeerBehaviour, type WebSocketPeer } from "./web-socket-peer.ts";

/** What becomes of a connection that is cut: it is ended, or reset, or nothing more comes, or a byte now and then. */
export type CutManner = "end" | "reset" | "stall" | "drip";

/** Bytes of the answer to the upgrade. */
export const UPGRADE_BYTES = 129;
const DRIP_MS = 3;

/** A {@link WebSocketPeer} that cuts each connection where its client asks for it. */
export interface CuttingPeer extends WebSocketPeer {
  /** The address whose connections are cut after so many bytes of the server, those of the upgrade included. */
  cutAfter(bytes: number, manner: CutManner): string;
  /** Bytes that reached the client of the latest connection. */
  passedBytes(): number;
}

/** Starts one, which ends with its test. */
export async function startCuttingPeer(behave?: PeerBehaviour): Promise<CuttingPeer> {
  let latest: CutConnection | undefined;
  const peer = await startWebSocketPeer(behave, {
    through(connection, { url = "" }) {
      const [, manner, bytes] = url.split(/[/?]/);
      return (latest = new CutConnection(connection, Number(bytes), manner as CutManner));
    },
  });
  return Object.assign(peer, {
    cutAfter: (bytes: number, manner: CutManner) => `${peer.url}/${manner}/${bytes}`,
    passedBytes: () => latest?.passedBytes ?? 0,
  });
}

/** The server's end of a connection. */
class CutConnection extends Duplex {
  passedBytes = 0;
  readonly #connection: Socket;
  readonly #mostBytes: number;
  readonly #manner: CutManner;
  #held = Buffer.alloc(0);
  #drip: NodeJS.Timeout | undefined;

  constructor(connection: Socket, mostBytes: number, manner: CutManner) {
    super();
    this.#connection = connection.setNoDelay(true);
    this.#mostBytes = mostBytes;
    this.#manner = manner;
    connection.on("data", (bytes: Buffer) => this.push(bytes));
    connection.on("end", () => this.push(null));
    connection.on("close", () => this.destroy());
    if (mostBytes === 0) this.#cut();
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const room = this.#isCut ? 0 : this.#mostBytes - this.passedBytes;
    if (bytes.length < room) return this.#pass(bytes, done);
    this.#held = Buffer.concat([this.#held, bytes.subarray(room)]);
    if (room > 0) this.#pass(bytes.subarray(0, room));
    if (room > 0) this.#cut();
    done();
  }

  override _final(done: () => void): void {
    if (!this.#isCut) this.#connection.end();
    done();
  }

  override _destroy(_error: Error | null, done: () => void): void {
    clearInterval(this.#drip);
    this.#connection.destroy();
    done();
  }

  get #isCut(): boolean {
    return this.passedBytes >= this.#mostBytes;
  }

  #pass(bytes: Uint8Array, done?: () => void): void {
    this.passedBytes += bytes.length;
    this.#connection.write(bytes, done);
  }

  #cut(): void {
    if (this.#manner === "end") this.#connection.end();
    else if (this.#manner === "reset") this.#connection.resetAndDestroy();
    else if (this.#manner === "drip") this.#drip = setInterval(() => this.#passNext(), DRIP_MS);
  }

  #passNext(): void {
    this.#pass(this.#held.subarray(0, 1));
    this.#held = this.#held.subarray(1);
  }
}
