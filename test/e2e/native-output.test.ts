import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import type { StreamMetrics } from "../../src-shared/stream-metrics.ts";
import { runRepartee, testFolder } from "../cli/run-repartee.ts";
import { noise } from "../fixtures/noise.ts";
import { wavBytes } from "../fixtures/wav-bytes.ts";
import { findPieces } from "./rig/analysis.ts";
import { skipReason, startSoundRig, type SoundRig } from "./rig/sound-rig.ts";
import { ROOM_RATE_HZ } from "./rig/sound-room.ts";

const PLUGIN = "/usr/lib/*/alsa-lib/libasound_module_pcm_pulse.so";
const reason = skipReason() ?? (globSync(PLUGIN).length === 0 ? "not installed: libasound2-plugins" : undefined);

interface Report {
  readonly runs: readonly { readonly requestedAt: string; readonly metrics: StreamMetrics }[];
}

/** Kills the process whose command line names this file. */
function killWhere(file: string): void {
  for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const commandLine = join("/proc", id, "cmdline");
    if (existsSync(commandLine) && readFileSync(commandLine, "utf8").split("\0").includes(file))
      process.kill(Number(id), "SIGKILL");
  }
}

/** How a command ends without its sound server. */
const LOST_OUTPUT = { exitCode: 1, ours: [expect.stringMatching(/^repartee: output-lost: /) as string] };

/** Runs a command whose sound server dies in the middle, and returns the lines of its own that it ends with. */
async function runToLostOutput(args: readonly string[]) {
  const dying = await startSoundRig();
  const env = Object.fromEntries(Object.entries(dying.env).filter((entry): entry is [string, string] => !!entry[1]));
  const ran = runRepartee(args, { env });
  await sleep(2_500);
  killWhere(join(dying.folder, "rig.pa"));
  const { exitCode, stderr } = await ran;
  await dying.close();
  return { exitCode, ours: stderr.split("\n").filter((line) => line.startsWith("repartee:")) };
}

describe.skipIf(reason !== undefined)(`the native output${reason ? ` (skipped: ${reason})` : ""}`, () => {
  let rig: SoundRig;
  beforeAll(async () => {
    rig = await startSoundRig();
  });
  afterAll(async () => {
    await rig.close();
  });

  test("plays a file whole and unchanged, and says truly when it began", async () => {
    const folder = testFolder();
    const audio = noise(2 * PLAYBACK_RATE_HZ);
    const path = join(folder, "noise.wav");
    const report = join(folder, "report.json");
    writeFileSync(path, wavBytes(audio, { encoding: "int", bits: 16, channels: 1, sampleRateHz: PLAYBACK_RATE_HZ }));
    const env = Object.fromEntries(Object.entries(rig.env).filter((entry): entry is [string, string] => !!entry[1]));
    const run = await runRepartee(["play", path, "--report", report], { env });
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toMatch(/^ttfa [\d.]+s · gen [\d.]+s · play 2\.\d\ds · \d+ underruns?.*\n$/);

    const [played] = (JSON.parse(readFileSync(report, "utf8")) as Report).runs;
    const { metrics, requestedAt } = played as Report["runs"][number];
    expect(metrics).toMatchObject({ samplesPlayed: audio.length, audioPath: "native" });
    const recorded = await rig.cut(Date.parse(requestedAt), Date.now());
    const heard = recorded.filter((_, index) => index % (ROOM_RATE_HZ / PLAYBACK_RATE_HZ) === 0);
    const pieces = findPieces(heard, audio, 0.1 * PLAYBACK_RATE_HZ);
    // A busy machine tears a hole now and then, into the sound or into its recording; what is around it is heard all the same.
    const found = pieces.filter(({ correlation }) => correlation > 0.95);
    expect(found.length).toBeGreaterThanOrEqual(pieces.length - 3);
    const places = found.map(({ offsetSamples }) => offsetSamples);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(metrics.underrunTotalMs).toBeLessThan(200);
    const [first] = found;
    const heardMs = (((first?.offsetSamples ?? NaN) - (first?.startSample ?? NaN)) * 1000) / PLAYBACK_RATE_HZ;
    // oxlint-disable-next-line no-console -- the figure is part of what the test shows
    console.info(`ttfa ${metrics.ttfaMs?.toFixed(1)} ms reported, ${heardMs.toFixed(1)} ms heard`);
    expect(Math.abs(heardMs - (metrics.ttfaMs ?? Number.NaN))).toBeLessThan(60);
  });

  test("a sound server that dies in mid-play is one clear line, and what was measured is kept", async () => {
    const folder = testFolder();
    const path = join(folder, "noise.wav");
    const report = join(folder, "report.json");
    const shape = { encoding: "int", bits: 16, channels: 1, sampleRateHz: PLAYBACK_RATE_HZ } as const;
    writeFileSync(path, wavBytes(noise(8 * PLAYBACK_RATE_HZ), shape));
    expect(await runToLostOutput(["play", path, "--report", report])).toEqual(LOST_OUTPUT);
    const [played] = (JSON.parse(readFileSync(report, "utf8")) as Report).runs;
    expect(played?.metrics.samplesPlayed).toBeGreaterThan(PLAYBACK_RATE_HZ / 2);
    expect(played?.metrics.samplesPlayed).toBeLessThan(4 * PLAYBACK_RATE_HZ);
  });

  test("a text is said no further than to the death of the sound server", async () => {
    const text = "This is said for as long as somebody can hear it. ".repeat(60);
    expect(await runToLostOutput(["say", text])).toEqual(LOST_OUTPUT);
  });
});
