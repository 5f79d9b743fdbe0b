import { expect, test } from "vitest";
import {
  PlaybackTotals,
  prometheusText,
  type CountedMetrics,
} from "../../../src-main/play/record/prometheus-metrics.ts";

const REPLY: CountedMetrics = {
  underruns: 0,
  underrunTotalMs: 0,
  stretchedMs: 0,
  decodeErrors: 0,
  bytesReceived: 1000,
  samplesPlayed: 24_000,
  audioPath: "device",
};

/** Samples by name and labels; every line that is not one has to be a HELP or TYPE. */
function samplesOf(text: string): Record<string, number> {
  const lines = text.split("\n");
  expect(lines.pop()).toBe("");
  const samples = lines.filter((line) => !line.startsWith("#"));
  for (const line of lines) {
    expect(line).toMatch(
      /^(# HELP [a-z_]+ \S.*|# TYPE [a-z_]+ (counter|histogram)|[a-z_]+\{[a-z_]+="([^"\\\n]|\\[\\n"])*"(,le="[^"]+")?\} [0-9.e+-]+)$/,
    );
  }
  return Object.fromEntries(
    samples.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))]),
  );
}

test("replies are added up for each sink", () => {
  const totals = new PlaybackTotals();
  totals.add({ ...REPLY, ttfaMs: 210, underruns: 2, underrunTotalMs: 340, stretchedMs: 120, decodeErrors: 1 });
  totals.add({ ...REPLY, ttfaMs: 90, underruns: 1, underrunTotalMs: 100 });
  totals.add({ ...REPLY, audioPath: "null" });
  expect(samplesOf(prometheusText(totals))).toMatchObject({
    'repartee_playback_replies_total{audio_path="device"}': 2,
    'repartee_playback_replies_total{audio_path="null"}': 1,
    'repartee_playback_underruns_total{audio_path="device"}': 3,
    'repartee_playback_underrun_seconds_total{audio_path="device"}': 0.44,
    'repartee_playback_stretched_seconds_total{audio_path="device"}': 0.12,
    'repartee_playback_decode_errors_total{audio_path="device"}': 1,
    'repartee_playback_bytes_received_total{audio_path="device"}': 2000,
    'repartee_playback_samples_played_total{audio_path="device"}': 48_000,
    'repartee_playback_ttfa_seconds_sum{audio_path="device"}': 0.3,
    'repartee_playback_ttfa_seconds_count{audio_path="device"}': 2,
    'repartee_playback_ttfa_seconds_count{audio_path="null"}': 0,
  });
});

test.each([
  [0, "0.05", ""],
  [100, "0.1", "0.05"],
  [100.1, "0.15", "0.1"],
  [9999, "10", "5"],
  [60_000, "+Inf", "10"],
])("a first audio after %d ms counts up to %s s and not up to %s s", (ttfaMs, inside, outside) => {
  const totals = new PlaybackTotals();
  totals.add({ ...REPLY, ttfaMs });
  const samples = samplesOf(prometheusText(totals));
  const bucket = (bound: string): number | undefined =>
    samples[`repartee_playback_ttfa_seconds_bucket{audio_path="device",le="${bound}"}`];
  expect(bucket(inside)).toBe(1);
  expect(bucket("+Inf")).toBe(1);
  if (outside) expect(bucket(outside)).toBe(0);
});

test("buckets never fall", () => {
  const totals = new PlaybackTotals();
  for (let n = 0; n < 200; n += 1) totals.add({ ...REPLY, ttfaMs: (n * 7919) % 12_000 });
  const counts = Object.entries(samplesOf(prometheusText(totals)))
    .filter(([name]) => name.includes("_bucket"))
    .map(([, count]) => count);
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  expect(counts.at(-1)).toBe(200);
});

test("the name of a sink may hold anything", () => {
  const totals = new PlaybackTotals();
  totals.add({ ...REPLY, audioPath: 'a "b" \\ c\nd' });
  expect(prometheusText(totals)).toContain('repartee_playback_replies_total{audio_path="a \\"b\\" \\\\ c\\nd"} 1\n');
  samplesOf(prometheusText(totals));
});

test("without replies only the names are told, each once", () => {
  const text = prometheusText(new PlaybackTotals());
  expect(samplesOf(text)).toEqual({});
  const names = text.match(/(?<=# TYPE )\S+/g) ?? [];
  expect(names).toHaveLength(8);
  expect(new Set(names)).toHaveLength(8);
});
