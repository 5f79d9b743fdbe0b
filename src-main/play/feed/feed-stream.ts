import { setTimeout as delay } from "node:timers/promises";
import { PLAYBACK_RATE_HZ } from "../../../src-shared/audio-format.ts";
import { failure, FailureError, type Failure } from "../../../src-shared/failure.ts";
import { PcmRing } from "../../../src-shared/pcm-ring.ts";
import { nowMs } from "../../session-clock.ts";
import { createStreamDecoder } from "../decode/create-stream-decoder.ts";
import type { DecodedPiece, RawFormat, StreamDecoder, StreamEncoding } from "../decode/stream-decoder.ts";
import { SavedAudio } from "../record/saved-audio.ts";
import { rechunk } from "../source/rechunk.ts";
import { simulateJitter } from "../source/simulate-jitter.ts";
import { AsyncAudioStreamer } from "../streamer/async-audio-streamer.ts";
import { SourceLedger } from "../source-ledger.ts";
import { bytesPerSecond } from "./bytes-per-second.ts";
import { createSource } from "./create-source.ts";
import type { FeedRequest, FeedResult } from "./feed-request.ts";
import { RingWriter } from "./ring-writer.ts";
import { tellEncoding, type ToldStream } from "./told-stream.ts";

const DECODED_AT_ONCE_BYTES = 4_096;
/** Audio in one piece of a simulated network, where nothing else is asked for. */
const NETWORK_PIECE_SECONDS = 0.02;
/** How often a feed looks whether the player still wants it. */
const LOOK_MS = 20;
/** Received bytes from which on their share of the whole tells how long the stream will be. */
const ENOUGH_TO_ESTIMATE_BYTES = 4_096;

/**
 * Brings one stream from its source to the player's ring: told, cut, delayed where asked for, decoded, resampled, counted, saved. Ends when the
 * stream ends, breaks, or is void. Codes of the failure: those of the sources, input-empty, input-unreadable, output-unwritable.
 */
export async function feedStream(request: FeedRequest): Promise<FeedResult> {
  const feed = new Feed(request);
  return feed.run();
}

class Feed {
  readonly #request: FeedRequest;
  readonly #ledger: SourceLedger;
  readonly #writer: RingWriter;
  readonly #stop = new AbortController();
  #decoder: StreamDecoder | undefined;
  #encoding: StreamEncoding | undefined;
  #saved: SavedAudio | undefined;
  #saveFailure: Failure | undefined;
  #bytes = 0;

  constructor(request: FeedRequest) {
    this.#request = request;
    this.#ledger = new SourceLedger(request.ledger);
    const ring = new PcmRing(request.ring, nowMs);
    this.#writer = new RingWriter(ring, request.generation, (pcm) => this.#saved?.appendPlayed(pcm));
  }

  async run(): Promise<FeedResult> {
    const look = setInterval(() => this.#writer.isVoid && this.#stop.abort(), LOOK_MS);
    const lost = await this.#failureIn(this.#receive());
    const brokenAtEnd = await this.#failureIn(this.#drain());
    clearInterval(look);
    await this.#closeDecoder();
    const { source } = this.#request;
    if (source.kind === "streamer") {
      this.#ledger.chunksAfterEnd = AsyncAudioStreamer.attach(source.streams).chunksAfterEnd(source.sampleIndex);
    }
    return { ...this.#finishSaving(), ...this.#judge(lost ?? brokenAtEnd), encoding: this.#encoding };
  }

  /** Why a part of the work came to its end early; undefined where it did not, or was stopped. */
  async #failureIn(work: Promise<void>): Promise<Failure | undefined> {
    try {
      await work;
      return undefined;
    } catch (error) {
      if (this.#stop.signal.aborted) return undefined;
      if (!(error instanceof FailureError)) throw error;
      return error.failure;
    }
  }

  async #receive(): Promise<void> {
    const { source, timeoutMs, jitter } = this.#request;
    const opened = await createSource(source, timeoutMs).open(this.#stop.signal);
    if (!opened.ok) throw new FailureError(opened.failure);
    const told = await tellEncoding(opened.value, this.#request);
    this.#encoding = told.encoding;
    for await (const chunk of this.#disturbed(told)) {
      if (this.#writer.isVoid) return;
      const isHeldBack = this.#bytes === 0 && !jitter;
      this.#ledger.received(chunk.length, isHeldBack ? told.firstByteAtMs : nowMs());
      this.#bytes += chunk.length;
      this.#decoder ??= await this.#begin(told.encoding);
      this.#saved?.appendOriginal(chunk);
      await this.#decode(this.#decoder, chunk);
      this.#estimate(opened.value.totalBytes);
    }
  }

  async #begin(encoding: StreamEncoding): Promise<StreamDecoder> {
    const decoder = await createStreamDecoder(encoding, rawFormatOf(this.#request));
    if (!decoder.ok) throw new FailureError(decoder.failure);
    this.#startSaving(encoding);
    return decoder.value;
  }

  /** A large chunk is decoded in pieces, so that its first samples are heard while the rest is decoded. */
  async #decode(decoder: StreamDecoder, chunk: Uint8Array): Promise<void> {
    const pieceBytes = this.#encoding === "opus-packets" ? chunk.length : DECODED_AT_ONCE_BYTES;
    for (let start = 0; start < chunk.length && !this.#writer.isVoid; start += pieceBytes) {
      await this.#write(await decoder.push(chunk.subarray(start, start + pieceBytes)));
    }
    this.#ledger.decodeErrors = decoder.decodeErrors;
    if (decoder.failure) throw new FailureError(decoder.failure);
  }

  #disturbed(told: ToldStream): AsyncIterable<Uint8Array> {
    const { chunkBytes, jitter } = this.#request;
    const cut = (bytes: number | undefined) => (bytes === undefined ? told.chunks : rechunk(told.chunks, bytes));
    if (!jitter) return cut(chunkBytes);
    const pace = bytesPerSecond(told.beginning, told.encoding, rawFormatOf(this.#request));
    const isPackets = told.encoding === "opus-packets";
    return simulateJitter(
      cut(chunkBytes ?? (isPackets ? undefined : Math.ceil(pace * NETWORK_PIECE_SECONDS))),
      jitter.spec,
      {
        seed: jitter.seed,
        nowMs,
        sleep: (durationMs) => delay(durationMs, undefined, { signal: this.#stop.signal }),
        bytesPerSecond: pace,
      },
    );
  }

  async #write(pieces: readonly DecodedPiece[]): Promise<void> {
    for (const { pcm, sampleRateHz } of pieces) await this.#writer.write(pcm, sampleRateHz);
  }

  #estimate(totalBytes: number | undefined): void {
    if (totalBytes === undefined || this.#bytes < Math.min(totalBytes, ENOUGH_TO_ESTIMATE_BYTES)) return;
    this.#writer.expect((this.#writer.samples * totalBytes) / this.#bytes);
  }

  /** Gives out what the decoder still holds. */
  async #drain(): Promise<void> {
    const decoder = this.#decoder;
    if (!decoder || this.#writer.isVoid) return;
    this.#stop.signal.addEventListener("abort", () => void decoder.close(), { once: true });
    await this.#write(await decoder.finish());
    await this.#writer.finish();
    if (decoder.failure) throw new FailureError(decoder.failure);
  }

  async #closeDecoder(): Promise<void> {
    const decoder = this.#decoder;
    if (!decoder) return;
    this.#ledger.decodeErrors = decoder.decodeErrors;
    await decoder.close();
  }

  #judge(broken: Failure | undefined): Pick<FeedResult, "samples" | "failure" | "isTruncated" | "decodeErrors"> {
    const { samples, isVoid } = this.#writer;
    const decodeErrors = this.#decoder?.decodeErrors ?? 0;
    const isTruncated = this.#decoder?.isTruncated === true && !isVoid;
    if (broken || isVoid) return { samples, isTruncated, decodeErrors, failure: broken };
    if (samples > 0) {
      const detail = `the ${this.#encoding} data ends in the middle, after ${this.#bytes} bytes`;
      const cut = isTruncated ? failure("source-lost", "input", detail) : undefined;
      return { samples, isTruncated, decodeErrors, failure: cut };
    }
    const nothing =
      decodeErrors > 0
        ? failure("input-unreadable", "input", `none of the ${this.#bytes} bytes could be decoded as ${this.#encoding}`)
        : failure("input-empty", "input", `there is no audio in the ${this.#bytes} bytes of ${this.#encoding}`);
    return { samples, isTruncated, decodeErrors, failure: nothing };
  }

  #startSaving(encoding: StreamEncoding): void {
    const { save } = this.#request;
    if (!save) return;
    const opened = SavedAudio.open(save.folder, { encoding });
    if (opened.ok) this.#saved = opened.value;
    else this.#saveFailure = opened.failure;
  }

  #finishSaving(): Pick<FeedResult, "saved" | "saveFailure"> {
    const finished = this.#saved?.finish();
    if (!finished) return { saved: [], saveFailure: this.#saveFailure };
    return finished.ok
      ? { saved: finished.value.files, saveFailure: undefined }
      : { saved: [], saveFailure: finished.failure };
  }
}

/** Samples of ours are what they are, whatever was asked for. */
function rawFormatOf({ source, rawFormat }: FeedRequest): RawFormat {
  if (source.kind === "ring") return { sampleRateHz: PLAYBACK_RATE_HZ, channels: 1 };
  return source.kind === "streamer" ? { ...rawFormat, channels: 1 } : rawFormat;
}
