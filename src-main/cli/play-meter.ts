import { PLAYBACK_RATE_HZ, samplesToMs } from "../../src-shared/audio-format.ts";
import type { PlayerEvent } from "../turn/ports.ts";

const BAR_MS = 2_000;
const BAR_CELLS = 20;
/** Some terminals do not say how wide they are. */
const USUAL_COLUMNS = 80;

/** One line on a terminal that shows how playback stands, while it runs. Nothing where standard error is not a terminal. */
export class PlayMeter {
  readonly #stream = process.stderr.isTTY ? process.stderr : undefined;

  take(event: PlayerEvent, sinceRequestMs: number): void {
    if (!this.#stream || event.kind !== "progress") return;
    const { positionSamples, level } = event;
    const toMs = (samples: number) => samplesToMs(samples, PLAYBACK_RATE_HZ);
    const bufferedMs = toMs(level.bufferedSamples);
    const cells = Math.min(BAR_CELLS, Math.round((bufferedMs * BAR_CELLS) / BAR_MS));
    const bar = "#".repeat(cells).padEnd(BAR_CELLS, ".");
    const slow = bufferedMs < toMs(level.slowBelowSamples) ? " slower" : "";
    const text =
      `${(sinceRequestMs / 1000).toFixed(1)}s  heard ${(toMs(positionSamples) / 1000).toFixed(1)}s  ` +
      `buffer [${bar}] ${(bufferedMs / 1000).toFixed(2)}s  underruns ${level.underruns}${slow}`;
    this.#stream.write(`\r${text.slice(0, (this.#stream.columns || USUAL_COLUMNS) - 1)}\u001b[K`);
  }

  /** Takes the line away. */
  clear(): void {
    this.#stream?.write("\r\u001b[K");
  }
}
