import type { Outcome } from "../../src-shared/failure.ts";
import { EngineWorker } from "../models/engine-worker.ts";
import { workerUrl } from "../worker-url.ts";
import type { FeedRequest, FeedResult } from "./feed/feed-request.ts";

/**
 * Brings streams from their sources into the player's ring, one at a time, in a thread of its own: neither bytes nor samples pass through the
 * main thread. A stream is stopped by voiding its generation. Codes: source-lost when the thread crashed; a stream's own failure is in its result.
 */
export class StreamFeed {
  readonly #worker = new EngineWorker<FeedRequest, FeedResult>({
    name: "feed",
    url: workerUrl("play/feed-worker"),
    data: undefined,
    stage: "play",
    crashCode: "source-lost",
  });

  /** Resolves when the thread runs. */
  get ready(): Promise<Outcome<unknown>> {
    return this.#worker.ready;
  }

  feed(request: FeedRequest): Promise<Outcome<FeedResult>> {
    return this.#worker.request(request);
  }

  close(): Promise<void> {
    return this.#worker.close();
  }
}
