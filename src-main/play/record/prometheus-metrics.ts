/** What is counted of one finished reply. Times in ms. */
export interface CountedMetrics {
  /** Request to the first sample that can be heard; missing when nothing was heard. */
  readonly ttfaMs?: number | undefined;
  readonly underruns: number;
  readonly underrunTotalMs: number;
  readonly stretchedMs: number;
  readonly decodeErrors: number;
  readonly bytesReceived: number;
  readonly samplesPlayed: number;
  /** Name of the sink that played. */
  readonly audioPath: string;
}

/** Upper bounds of the buckets of the time to first audio, in seconds, rising. One more, without a bound, follows. */
const TTFA_BOUNDS = [0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10];

interface PathTotals {
  replies: number;
  underruns: number;
  underrunMs: number;
  stretchedMs: number;
  decodeErrors: number;
  bytesReceived: number;
  samplesPlayed: number;
  /** Replies in each bucket alone, the unbounded one included. */
  readonly ttfaBuckets: number[];
  ttfaReplies: number;
  ttfaMs: number;
}

const COUNTERS: readonly (readonly [name: string, text: string, valueOf: (totals: PathTotals) => number])[] = [
  ["replies_total", "Replies played or broken off.", ({ replies }) => replies],
  ["underruns_total", "Gaps because there was nothing to play.", ({ underruns }) => underruns],
  ["underrun_seconds_total", "Total length of the gaps.", ({ underrunMs }) => underrunMs / 1000],
  ["stretched_seconds_total", "Time gained or lost by stretching.", ({ stretchedMs }) => stretchedMs / 1000],
  ["decode_errors_total", "Stretches of bytes that could not be decoded.", ({ decodeErrors }) => decodeErrors],
  ["bytes_received_total", "Bytes received from sources.", ({ bytesReceived }) => bytesReceived],
  ["samples_played_total", "Samples played.", ({ samplesPlayed }) => samplesPlayed],
];

/** Adds up the metrics of finished replies, apart for each sink. */
export class PlaybackTotals {
  readonly #paths = new Map<string, PathTotals>();

  /** Counts one reply. */
  add(metrics: CountedMetrics): void {
    const totals = this.#paths.get(metrics.audioPath) ?? noTotals();
    this.#paths.set(metrics.audioPath, totals);
    totals.replies += 1;
    totals.underruns += metrics.underruns;
    totals.underrunMs += metrics.underrunTotalMs;
    totals.stretchedMs += metrics.stretchedMs;
    totals.decodeErrors += metrics.decodeErrors;
    totals.bytesReceived += metrics.bytesReceived;
    totals.samplesPlayed += metrics.samplesPlayed;
    if (metrics.ttfaMs !== undefined) countFirstAudio(totals, metrics.ttfaMs);
  }

  /** The totals of each sink, by its name. */
  get paths(): ReadonlyMap<string, Readonly<PathTotals>> {
    return this.#paths;
  }
}

/**
 * The totals in the Prometheus text exposition format, version 0.0.4: counters and one histogram under `repartee_playback_`, with the sink in
 * the label `audio_path`.
 */
export function prometheusText(totals: PlaybackTotals): string {
  const paths = [...totals.paths].map(([path, values]) => ({ label: `audio_path="${escaped(path)}"`, values }));
  const counters = COUNTERS.flatMap(([name, text, valueOf]) => [
    ...headed(name, "counter", text),
    ...paths.map(({ label, values }) => `repartee_playback_${name}{${label}} ${valueOf(values)}`),
  ]);
  const histogram = [
    ...headed("ttfa_seconds", "histogram", "Time from the request to the first sample that can be heard."),
    ...paths.flatMap(({ label, values }) => histogramLines(label, values)),
  ];
  return [...counters, ...histogram, ""].join("\n");
}

function histogramLines(label: string, totals: PathTotals): string[] {
  const name = "repartee_playback_ttfa_seconds";
  let below = 0;
  const buckets = totals.ttfaBuckets.map((count, index) => {
    below += count;
    return `${name}_bucket{${label},le="${TTFA_BOUNDS[index] ?? "+Inf"}"} ${below}`;
  });
  return [...buckets, `${name}_sum{${label}} ${totals.ttfaMs / 1000}`, `${name}_count{${label}} ${totals.ttfaReplies}`];
}

function headed(name: string, type: string, text: string): string[] {
  return [`# HELP repartee_playback_${name} ${text}`, `# TYPE repartee_playback_${name} ${type}`];
}

function countFirstAudio(totals: PathTotals, ttfaMs: number): void {
  const found = TTFA_BOUNDS.findIndex((bound) => ttfaMs <= bound * 1000);
  const bucket = found === -1 ? TTFA_BOUNDS.length : found;
  totals.ttfaBuckets[bucket] = (totals.ttfaBuckets[bucket] ?? 0) + 1;
  totals.ttfaReplies += 1;
  totals.ttfaMs += ttfaMs;
}

function noTotals(): PathTotals {
  return {
    replies: 0,
    underruns: 0,
    underrunMs: 0,
    stretchedMs: 0,
    decodeErrors: 0,
    bytesReceived: 0,
    samplesPlayed: 0,
    ttfaBuckets: Array.from({ length: TTFA_BOUNDS.length + 1 }, () => 0),
    ttfaReplies: 0,
    ttfaMs: 0,
  };
}

function escaped(label: string): string {
  return label.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
