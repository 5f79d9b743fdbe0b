import { PLAYBACK_RATE_HZ, RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";
import { succeeded } from "../../src-shared/failure.ts";
import { hostEngine } from "../models/engine-host.ts";
import { StreamingResampler } from "../streaming-resampler.ts";
import type { FeedRequest, FeedResult } from "./feed/feed-request.ts";
import { feedStream } from "./feed/feed-stream.ts";

await hostEngine<undefined, FeedRequest, FeedResult>(async () => {
  // The first resampler compiles its code, which would otherwise delay the first stream.
  (await StreamingResampler.create(RECOGNITION_RATE_HZ, PLAYBACK_RATE_HZ)).finish();
  return succeeded({ answer: async (request) => succeeded(await feedStream(request)) });
});
