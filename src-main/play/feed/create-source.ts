import { PcmRing } from "../../../src-shared/pcm-ring.ts";
import { encodingOfContentType } from "../decode/declared-encoding.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { FileSource } from "../source/file-source.ts";
import { HttpSource } from "../source/http-source.ts";
import { RingSource } from "../source/ring-source.ts";
import { SpeechRequestSource } from "../source/speech-request-source.ts";
import { StdinSource } from "../source/stdin-source.ts";
import { WebsocketSource } from "../source/websocket-source.ts";
import type { SourceChoice } from "./feed-request.ts";
import { StreamerSource } from "./streamer-source.ts";

/** Makes the source that was chosen. `timeoutMs`: longest wait for an answer and between pieces, where not the usual one. */
export function createSource(choice: SourceChoice, timeoutMs: number | undefined): ByteSource {
  const limits = timeoutMs === undefined ? {} : { connectTimeoutMs: timeoutMs, idleTimeoutMs: timeoutMs };
  switch (choice.kind) {
    case "file":
      return new FileSource(choice.path);
    case "stdin":
      return new StdinSource();
    case "url":
      return /^wss?:/i.test(choice.url)
        ? new WebsocketSource(choice.url, limits)
        : new HttpSource({ url: choice.url }, { ...limits, encodingOfContentType });
    case "speech":
      return new SpeechRequestSource(choice.request, { ...limits, encodingOfContentType });
    case "ring":
      return new RingSource(choice.name, new PcmRing(choice.ring));
    case "streamer":
      return new StreamerSource(choice.streams, choice.sampleIndex);
  }
}
