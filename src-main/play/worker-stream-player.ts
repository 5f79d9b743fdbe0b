import { Worker } from "node:worker_threads";
import { PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { failure } from "../../src-shared/failure.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import { nowMs } from "../session-clock.ts";
import type { PlayerEvent, StreamPlayer } from "../turn/ports.ts";
import { workerUrl } from "../worker-url.ts";
import type { PlayerReply, PlayerRequest, PlayerWorkerData, SinkChoice } from "./player-protocol.ts";

const RING_SECONDS = 40;
/** No generation: nothing may be written or read. */
const VOID_GENERATION = 0;

/** Shape of a {@link WorkerStreamPlayer}. */
export interface StreamPlayerOptions {
  /** Audio that must be ready before playback starts, unless the whole reply is shorter. */
  readonly preRollMs: number;
}

/**
 * The main thread's end of the stream player. Samples never pass through here: synthesizers write them to the ring, the worker reads
 * them. Codes of `output-failed`: output-missing, output-lost, output-unwritable.
 */
export class WorkerStreamPlayer implements StreamPlayer {
  readonly ring = PcmRing.allocate(RING_SECONDS * PLAYBACK_RATE_HZ);
  readonly #control = new PcmRing(this.ring);
  readonly #worker: Worker;
  readonly #closed: Promise<void>;
  #listener: (event: PlayerEvent) => void = () => undefined;
  #lastGeneration = VOID_GENERATION;

  constructor(options: StreamPlayerOptions) {
    const workerData: PlayerWorkerData = { ring: this.ring, preRollMs: options.preRollMs };
    this.#worker = new Worker(workerUrl("play/player-worker"), { workerData, name: "player" });
    this.#closed = new Promise((resolve) => this.#worker.once("exit", () => resolve()));
    this.#worker.on("message", (reply: PlayerReply) => {
      if (reply.kind !== "closed") this.#listener(reply);
    });
    this.#worker.on("error", (error) => {
      this.#listener({
        kind: "output-failed",
        failure: failure("output-lost", "play", `player stopped: ${error.message}`),
      });
    });
  }

  onEvent(listener: (event: PlayerEvent) => void): void {
    this.#listener = listener;
  }

  /** Plays to this sink from now on. A reply in progress on the sink before ends as interrupted. */
  attach(sink: SinkChoice): void {
    this.#worker.postMessage({ kind: "attach", sink }, sink.kind === "port" ? [sink.port] : []);
  }

  begin(): number {
    const generation = ++this.#lastGeneration;
    this.#control.setGeneration(generation);
    this.#tell({ kind: "begin", generation, requestedAtMs: nowMs() });
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

  setGain(ratio: number): void {
    this.#tell({ kind: "gain", ratio });
  }

  async close(): Promise<void> {
    this.#control.setGeneration(VOID_GENERATION);
    this.#tell({ kind: "close" });
    await this.#closed;
  }

  #tell(request: PlayerRequest): void {
    this.#worker.postMessage(request);
  }
}
