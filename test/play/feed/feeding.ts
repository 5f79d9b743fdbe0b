import { PcmRing } from "../../../src-shared/pcm-ring.ts";
import type { FeedRequest, FeedResult } from "../../../src-main/play/feed/feed-request.ts";
import { SourceLedger, type SourceTally } from "../../../src-main/play/source-ledger.ts";
import type { StreamFeed } from "../../../src-main/play/stream-feed.ts";

const LOOK_MS = 2;

/** What came through a feed. */
export interface Fed {
  readonly result: FeedResult;
  /** All samples that were read from the ring. */
  readonly pcm: Float32Array;
  readonly tally: SourceTally;
}

/** How a feed is read. */
export interface FeedReading {
  readonly capacitySamples?: number;
  /** Most samples that are read every 2 ms. */
  readonly readAtOnce?: number;
  /** Called after every look with the samples so far; true voids the feed. */
  readonly stopsAt?: (samples: number) => boolean;
}

/** Has a feed's thread write to a ring, and reads it as a player would, until the feed is over. */
export async function feedThrough(
  feed: StreamFeed,
  request: Pick<FeedRequest, "source"> & Partial<FeedRequest>,
  { capacitySamples = 2 ** 17, readAtOnce = 2 ** 17, stopsAt = () => false }: FeedReading = {},
): Promise<Fed> {
  const ringBuffer = PcmRing.allocate(capacitySamples);
  const ring = new PcmRing(ringBuffer);
  const ledger = SourceLedger.allocate();
  ring.setGeneration(1);
  const rawFormat = { sampleRateHz: 24_000, channels: 1 } as const;
  let outcome: Awaited<ReturnType<StreamFeed["feed"]>> | undefined;
  void feed.feed({ rawFormat, ...request, ring: ringBuffer, generation: 1, ledger }).then((fed) => (outcome = fed));
  const parts: number[] = [];
  const piece = new Float32Array(readAtOnce);
  for (let isOver = false; !isOver;) {
    isOver = outcome !== undefined;
    for (let count = ring.read(piece, readAtOnce); count > 0; count = isOver ? ring.read(piece, readAtOnce) : 0) {
      for (let index = 0; index < count; index++) parts.push(piece[index] as number);
    }
    if (stopsAt(parts.length)) ring.setGeneration(2);
    if (!isOver) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  if (!outcome?.ok) throw new Error("the feed's thread broke down");
  return { result: outcome.value, pcm: Float32Array.from(parts), tally: new SourceLedger(ledger).read() };
}
