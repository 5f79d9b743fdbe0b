import { Worker } from "node:worker_threads";
import { PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { failure } from "../../src-shared/failure.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import { nowMs } from "../session-clock.ts";
import type { PlayerEvent, StreamPlayer } from "../turn/ports.ts";
import { workerUrl } from "../worker-url.ts";
import { measureReply, nothingObserved } from "./measure-reply.ts";
import type { PlayerReply, PlayerRequest, PlayerWorkerData, SinkChoice, StartPolicyChoice } from "./player-protocol.ts";

const RING_SECONDS = 40;
/** No generation: nothing may be written or read. */
const VOID_GENERATION = 0;

/** How one reply is to be played. */
export interface ReplyStart {
  /** When the reply was asked for, on the session clock; now unless said otherwise. */
  readonly requestedAtMs?: number;
  /** Adaptive unless said otherwise. */
  readonly startPolicy?: StartPolicyChoice;
  /** Memory of the SourceLedger that the source writes to, where it counts anything. */
  readonly ledger?: SharedArrayBuffer;
  /** It is made while it is heard: a backlog is caught up with by playing up to 1.1 times faster. */
  readonly isLive?: boolean;
}

/**
 * The main thread's end of the stream player. Samples never pass through here: synthesizers and sources write them to the ring, the worker
 * reads them. Codes of `output-failed`: output-missing, output-lost, output-unwritable.
 */
export class WorkerStreamPlayer implements StreamPlayer {
  readonly ring = PcmRing.allocate(RING_SECONDS * PLAYBACK_RATE_HZ);
  readonly #control = new PcmRing(this.ring);
  readonly #worker: Worker;
  readonly #closed: Promise<void>;
  readonly #listeners = new Set<(event: PlayerEvent) => void>();
  #lastGeneration = VOID_GENERATION;
  /** Whether the latest reply is over. */
  #isOver = true;

  constructor() {
    const workerData: PlayerWorkerData = { ring: this.ring };
    this.#worker = new Worker(workerUrl("play/player-worker"), { workerData, name: "player" });
    const { promise: closed, resolve: tellClosed } = Promise.withResolvers<void>();
    this.#closed = closed;
    this.#worker.once("exit", () => tellClosed());
    this.#worker.on("message", (reply: PlayerReply) => {
      if (reply.kind === "closed") return tellClosed();
      if (reply.kind === "finished") this.#finish(reply.generation);
      this.#emit(reply);
    });
    this.#worker.on("error", (error) => this.#break(error));
  }

  /** Calls back with every event until the returned function is called. */
  onEvent(listener: (event: PlayerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Plays to this sink from now on. A reply in progress goes on there from the sample that is next. */
  attach(sink: SinkChoice): void {
    this.#worker.postMessage({ kind: "attach", sink }, sink.kind === "port" ? [sink.port] : []);
  }

  begin(start: ReplyStart = {}): number {
    const { requestedAtMs = nowMs(), startPolicy = { kind: "adaptive" }, ledger, isLive = false } = start;
    const generation = ++this.#lastGeneration;
    this.#isOver = false;
    this.#control.setGeneration(generation);
    this.#tell({ kind: "begin", generation, requestedAtMs, startPolicy, ledger, isLive });
    return generation;
  }

  release(generation: number): void {
    this.#tell({ kind: "release", generation });
  }

  end(generation: number, totalSamples: number): void {
    this.#tell({ kind: "end", generation, totalSamples });
  }

  flush(): void {
    this.#control.setGeneration(VOID_GENERATION);
    this.#tell({ kind: "flush" });
  }

  /** Fades out over 5 ms and holds the next sample. */
  pause(generation: number): void {
    this.#tell({ kind: "pause", generation, paused: true });
  }

  /** Goes on from the exact sample. */
  resume(generation: number): void {
    this.#tell({ kind: "pause", generation, paused: false });
  }

  setGain(ratio: number): void {
    this.#tell({ kind: "gain", ratio });
  }

  async close(): Promise<void> {
    this.#control.setGeneration(VOID_GENERATION);
    this.#tell({ kind: "close" });
    await this.#closed;
  }

  /** Whoever still writes the reply, be it to a full ring, need not wait any longer. */
  #finish(generation: number): void {
    if (generation !== this.#lastGeneration) return;
    this.#isOver = true;
    this.#control.setGeneration(VOID_GENERATION);
  }

  /** The thread has crashed: nothing more can be heard, and the reply that it played is over. */
  #break({ message }: Error): void {
    this.#emit({ kind: "output-failed", failure: failure("output-lost", "play", `the player stopped: ${message}`) });
    const generation = this.#lastGeneration;
    if (this.#isOver) return;
    this.#finish(generation);
    const metrics = measureReply(nothingObserved(nowMs()));
    this.#emit({ kind: "finished", generation, flushed: true, positionSamples: 0, atMs: nowMs(), metrics });
  }

  #tell(request: PlayerRequest): void {
    this.#worker.postMessage(request);
  }

  #emit(event: PlayerEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
