import type { ReactNode } from "react";
import type { StreamMetrics } from "../../src-shared/stream-metrics.ts";
import { STRINGS } from "../strings.ts";

const TEXT = STRINGS.latency;

/** What the player measured of a reply, as rows of a list. */
export function PlayerRows({ player }: { readonly player: StreamMetrics }): ReactNode {
  return (
    <>
      <Row name={TEXT.firstByte} value={inMs(player.ttfbMs)} />
      <Row name={TEXT.generation} value={inMs(player.generationMs)} />
      <Row name={TEXT.playback} value={inMs(player.playbackMs)} />
      <Row name={TEXT.leastBuffered} value={inMs(player.bufferMinMs)} />
      <Row name={TEXT.gaps} value={inMs(player.underrunTotalMs)} />
      <Row name={TEXT.longestGap} value={inMs(player.underrunMaxMs)} />
      <Row name={TEXT.chunks} value={String(player.chunksReceived)} />
    </>
  );
}

/** A name and its value, inside a list. */
export function Row({ name, value }: { readonly name: string; readonly value: string }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** A time in words. */
export function inMs(value: number | undefined): string {
  return value === undefined ? TEXT.notMeasured : `${Math.round(value)} ms`;
}
