import { msToSamples, PLAYBACK_RATE_HZ, samplesToMs } from "../../src-shared/audio-format.ts";
import { failure, type Failure } from "../../src-shared/failure.ts";
import type { PcmRing } from "../../src-shared/pcm-ring.ts";
import type { PlaybackCounters, SpeakerReport } from "../../src-shared/speaker-protocol.ts";
import type { PlayerEvent } from "../turn/ports.ts";
import { PlayingReply } from "./playing-reply.ts";
import type { SourceLedger } from "./source-ledger.ts";
import { DEVICE_AHEAD_MS, type SpeakerDevice } from "./speaker-device.ts";
import type { SourcePace, StartPolicyMaker } from "./start-policy.ts";

const PIECE_SAMPLES = msToSamples(100, PLAYBACK_RATE_HZ);
const AHEAD_SAMPLES = msToSamples(DEVICE_AHEAD_MS, PLAYBACK_RATE_HZ);
/** Changes of tempo limits below this are not worth a message. */
const TEMPO_STEP_SAMPLES = msToSamples(10, PLAYBACK_RATE_HZ);
/** A live source that got further behind than this, or than twice its cushion, is caught up with by playing faster. */
const LIVE_MOST_SAMPLES = msToSamples(300, PLAYBACK_RATE_HZ);
/** A released reply that has not sounded yet waits this long for an output, for example while a page opens. */
const OUTPUT_WAIT_MS = 3_000;
/** A reply whose output went away waits this long for another one, then it is over as far as it was heard. */
const LOST_OUTPUT_WAIT_MS = 30_000;

/** What is known of a reply beforehand. */
export interface ReplyOptions {
  /** What its source counts, where the source counts anything. */
  readonly ledger?: SourceLedger | undefined;
  /** It is made while it is heard, for example by somebody who talks: a backlog is caught up with instead of kept. */
  readonly isLive?: boolean;
}

/** What a player loop works with. */
export interface PlayerLoopOptions {
  readonly nowMs: () => number;
  /** Gets every event. The object of a `progress` event is used again for the next one. */
  readonly emit: (event: PlayerEvent) => void;
}

/**
 * The player without its thread: moves samples from the ring to the device, at most DEVICE_AHEAD_MS ahead of what was heard, starts
 * playback when the reply is released and the start policy agrees, and measures. Samples stay in the ring until they were heard, so a device
 * that goes away takes none with it. Player thread; `pump` is called every few ms while there is a reply and allocates nothing in steady state.
 */
export class PlayerLoop {
  readonly #ring: PcmRing;
  readonly #options: PlayerLoopOptions;
  readonly #piece = new Float32Array(PIECE_SAMPLES);
  readonly #progress = { kind: "progress" as const, generation: 0, positionSamples: 0, level: emptyLevel() };
  #device: SpeakerDevice | undefined;
  #reply: PlayingReply | undefined;
  /** Why no output is to be waited for. */
  #noOutput: Failure | undefined;
  #known: SourcePace | undefined;
  #gain = { ratio: 1, rampMs: 0 };

  constructor(ring: PcmRing, options: PlayerLoopOptions) {
    this.#ring = ring;
    this.#options = options;
  }

  /**
   * Plays through this device from now on; undefined when there is none. A reply in progress goes on there from the sample that is next.
   * `reason`: why there will be none, so that nothing waits for it.
   */
  attach(device: SpeakerDevice | undefined, reason?: Failure): void {
    const old = this.#device;
    this.#noOutput = reason;
    void old?.close();
    this.#device = device;
    const reply = this.#reply;
    if (reason && !reply) this.#options.emit({ kind: "output-failed", failure: reason });
    if (reply && old) {
      const nowMs = this.#options.nowMs();
      reply.leaveDevice(nowMs);
      // Its flush was on the way to the device.
      if (this.#ring.generation !== reply.generation) this.#finish(reply, true, nowMs);
      else if (!device && reply.wasStarted) {
        const detail = `the ${old.name} output went away in mid-reply; playback goes on when there is another one`;
        this.#options.emit({ kind: "output-failed", failure: failure("output-lost", "play", detail, true) });
      }
    }
    device?.command({ kind: "gain", ...this.#gain });
  }

  /** A new reply; the one before is over. */
  begin(
    generation: number,
    requestedAtMs: number,
    startPolicy: StartPolicyMaker,
    { ledger, isLive = false }: ReplyOptions = {},
  ): void {
    this.flush();
    if (this.#reply) this.#finish(this.#reply, true, requestedAtMs);
    this.#reply = new PlayingReply(generation, requestedAtMs, startPolicy(requestedAtMs, this.#known), {
      ledger,
      isLive,
    });
  }

  release(generation: number): void {
    const reply = this.#find(generation);
    if (!reply) return;
    reply.releasedAtMs ??= this.#options.nowMs();
    this.pump();
  }

  end(generation: number, totalSamples: number): void {
    const reply = this.#find(generation);
    if (!reply) return;
    reply.totalSamples = totalSamples;
    this.pump();
  }

  flush(): void {
    const reply = this.#reply;
    if (!reply) return;
    if (this.#device && reply.isAtDevice) this.#device.command({ kind: "flush", generation: reply.generation });
    else this.#finish(reply, true, this.#options.nowMs());
  }

  setPaused(generation: number, paused: boolean): void {
    const reply = this.#find(generation);
    if (!reply || reply.isPaused === paused) return;
    reply.isPaused = paused;
    if (reply.isAtDevice) this.#device?.command({ kind: paused ? "pause" : "resume", generation });
  }

  setGain(ratio: number, rampMs: number): void {
    this.#gain = { ratio, rampMs };
    this.#device?.command({ kind: "gain", ratio, rampMs });
  }

  /** Whether there is no reply: nothing to pump until the next one begins. */
  get isIdle(): boolean {
    return this.#reply === undefined;
  }

  /** Moves what there is and starts playback when it is time. */
  pump(): void {
    const reply = this.#reply;
    if (!reply || this.#ring.generation !== reply.generation) return;
    const nowMs = this.#options.nowMs();
    reply.observe(this.#ring, nowMs);
    reply.findBeginning(this.#ring, this.#piece);
    const device = this.#device;
    if (!device) return this.#awaitOutput(reply, nowMs);
    if (!reply.beginningIsKnown) return;
    if (!reply.isAtDevice) this.#introduce(reply, device);
    // The rest of a long reply is seconds of audio: the start does not wait for it.
    this.#sendPiece(reply, device);
    if (reply.mayStart(nowMs)) {
      const isFirst = !reply.wasStarted;
      reply.start();
      device.command({ kind: "start", generation: reply.generation });
      if (isFirst) this.#tellStarted(reply);
    }
    while (this.#sendPiece(reply, device));
    if (!reply.endIsAnnounced && reply.totalSamples !== undefined) {
      reply.endIsAnnounced = true;
      device.command({ kind: "end", generation: reply.generation, totalSamples: reply.totalSamples });
    }
    if (reply.isPlaying) this.#setTempo(reply, device, nowMs);
  }

  /** Takes what the device reports. */
  take(report: SpeakerReport): void {
    const reply = this.#find(report.generation);
    if (!reply) return;
    switch (report.kind) {
      case "audible":
        if (reply.firstAudibleAtMs !== undefined) return;
        reply.firstAudibleAtMs = report.atMs;
        reply.outputLatencyMs = report.outputLatencyMs;
        this.#options.emit({ kind: "audible", generation: reply.generation, atMs: report.atMs });
        return;
      case "starved":
        // What is there by now goes out with the next pump: a device may report this while it is given a piece.
        this.#hear(reply, report);
        reply.starve();
        return;
      case "progress":
        this.#hear(reply, report);
        this.#tellProgress(reply, report.bufferedSamples);
        return;
      case "finished":
        this.#hear(reply, report);
        this.#finish(reply, report.flushed, report.atMs);
    }
  }

  async close(): Promise<void> {
    const device = this.#device;
    this.#device = undefined;
    await device?.close();
  }

  #hear(reply: PlayingReply, report: PlaybackCounters): void {
    const gapSamples = reply.heard(this.#ring, report);
    if (gapSamples === 0) return;
    const { generation, positionSamples } = reply;
    const durationMs = samplesToMs(gapSamples, PLAYBACK_RATE_HZ);
    this.#options.emit({ kind: "underrun", generation, positionSamples, durationMs });
  }

  #find(generation: number): PlayingReply | undefined {
    return this.#reply?.generation === generation ? this.#reply : undefined;
  }

  #introduce(reply: PlayingReply, device: SpeakerDevice): void {
    const { generation } = reply;
    reply.enterDevice(device.name);
    device.command({ kind: "begin", generation, firstSample: reply.positionSamples });
    if (reply.isPaused) device.command({ kind: "pause", generation });
    if (reply.isLive) this.#tellTempo(reply, device);
  }

  #awaitOutput(reply: PlayingReply, nowMs: number): void {
    if (this.#noOutput) return this.#abandon(reply, this.#noOutput);
    const { leftDeviceAtMs, releasedAtMs } = reply;
    if (leftDeviceAtMs !== undefined && reply.wasStarted) {
      if (nowMs - leftDeviceAtMs >= LOST_OUTPUT_WAIT_MS) this.#finish(reply, true, nowMs);
      return;
    }
    if (releasedAtMs === undefined) return;
    if (nowMs - Math.max(releasedAtMs, leftDeviceAtMs ?? releasedAtMs) < OUTPUT_WAIT_MS) return;
    this.#abandon(reply, failure("output-missing", "play", "no output is attached", true));
  }

  /** Whether there was anything to send, and room for it. */
  #sendPiece(reply: PlayingReply, device: SpeakerDevice): boolean {
    const piece = this.#piece;
    const room = AHEAD_SAMPLES - (reply.sentSamples - reply.positionSamples);
    const count = reply.nextPiece(this.#ring, piece, Math.min(PIECE_SAMPLES, room));
    if (count <= 0) return false;
    device.pcm(reply.generation, count === PIECE_SAMPLES ? piece : piece.subarray(0, count));
    return true;
  }

  #setTempo(reply: PlayingReply, device: SpeakerDevice, nowMs: number): void {
    const wantedMs = reply.hasArrived ? 0 : Math.min(reply.policy.slowBelowMs(nowMs), DEVICE_AHEAD_MS);
    const slowBelowSamples = msToSamples(wantedMs, PLAYBACK_RATE_HZ);
    if (Math.abs(slowBelowSamples - reply.slowBelowSamples) < TEMPO_STEP_SAMPLES) return;
    reply.slowBelowSamples = slowBelowSamples;
    this.#tellTempo(reply, device);
  }

  #tellTempo({ generation, isLive, slowBelowSamples }: PlayingReply, device: SpeakerDevice): void {
    const hurryAboveSamples = isLive ? Math.max(LIVE_MOST_SAMPLES, 2 * slowBelowSamples) : 0;
    device.command({ kind: "tempo", generation, slowBelowSamples, hurryAboveSamples });
  }

  #tellStarted({ generation, startThresholdMs: bufferedMs = 0 }: PlayingReply): void {
    this.#options.emit({ kind: "started", generation, bufferedMs });
  }

  #tellProgress(reply: PlayingReply, bufferedSamples: number): void {
    const { level } = this.#progress;
    const { counters } = reply;
    this.#progress.generation = reply.generation;
    this.#progress.positionSamples = reply.positionSamples;
    level.receivedSamples = reply.receivedSamples;
    level.bufferedSamples = bufferedSamples + reply.receivedSamples - reply.sentSamples;
    level.underruns = counters.underruns;
    level.stretchedSamples = counters.stretchedSamples;
    level.slowBelowSamples = reply.slowBelowSamples;
    this.#options.emit(this.#progress);
  }

  /** The reply cannot be heard: says why and ends it as far as it was heard. */
  #abandon(reply: PlayingReply, reason: Failure): void {
    this.#options.emit({ kind: "output-failed", failure: reason });
    this.#finish(reply, true, this.#options.nowMs());
  }

  #finish(reply: PlayingReply, flushed: boolean, atMs: number): void {
    if (this.#ring.generation === reply.generation) reply.observe(this.#ring, atMs);
    this.#reply = undefined;
    this.#known = reply.policy.pace ?? this.#known;
    const { generation, positionSamples } = reply;
    this.#options.emit({ kind: "finished", generation, flushed, positionSamples, atMs, metrics: reply.measure() });
  }
}

function emptyLevel() {
  return { receivedSamples: 0, bufferedSamples: 0, underruns: 0, stretchedSamples: 0, slowBelowSamples: 0 };
}
