import { Command } from "commander";
import { FailureError, type Failure } from "../../src-shared/failure.ts";
import { metricsLine } from "../../src-shared/metrics-line.ts";
import { modelsFolder } from "../models/model-store.ts";
import type { SourceChoice } from "../play/feed/feed-request.ts";
import { playStream, type PlayedSource, type StreamPlayed } from "../play/play-stream.ts";
import type { SinkChoice } from "../play/player-protocol.ts";
import { StreamFeed } from "../play/stream-feed.ts";
import { WorkerStreamPlayer } from "../play/worker-stream-player.ts";
import { nowMs } from "../session-clock.ts";
import { speakText } from "../speak-text.ts";
import { createFliteSynthesizer } from "../speak/flite-synthesizer.ts";
import type { Synthesizer } from "../turn/ports.ts";
import { INTERRUPTED, untilInterrupted } from "./interruption.ts";
import { requireWritable } from "./output-path.ts";
import { PlayLog } from "./play-log.ts";
import { PlayMeter } from "./play-meter.ts";
import { findWrongUse, isAddress, withPlayOptions, type PlayOptions } from "./play-options.ts";
import { outputFailure, untilOutputFails } from "./play-output.ts";
import { writePlayReport } from "./play-report.ts";
import { unwrap } from "./unwrap.ts";

/** `repartee play`: plays a stream as the assistant would, under a simulated network where asked for, and says how it went. */
export function playCommand(): Command {
  return withPlayOptions(new Command("play")).action(play);
}

async function play(source: string | undefined, options: PlayOptions, command: Command): Promise<void> {
  const wrong = findWrongUse(source, options);
  if (wrong !== undefined) command.error(`error: ${wrong}`);
  for (const path of [options.report, wavPath(options.sink)]) if (path !== undefined) requireWritable(path);
  const interruption = untilInterrupted();
  const runs: StreamPlayed[] = [];
  const unheard = await playRuns(source, options, interruption, (run) => {
    runs.push(run);
    tellRun(run);
  });
  if (options.report !== undefined) unwrap(writePlayReport(options.report, source ?? "text", options, runs));
  if (interruption.aborted) process.exitCode = INTERRUPTED;
  const broken = interruption.aborted ? undefined : runs.at(-1)?.failure;
  const unsaved = runs.find((run) => run.fed?.saveFailure)?.fed?.saveFailure;
  const failed = unheard ?? broken ?? unsaved;
  if (failed) throw new FailureError(failed);
}

/** Plays as often as asked, up to the first failure. Resolves, when the output is closed, to what went wrong with it. */
async function playRuns(
  source: string | undefined,
  options: PlayOptions,
  interruption: AbortSignal,
  onRun: (run: StreamPlayed) => void,
): Promise<Failure | undefined> {
  const player = new WorkerStreamPlayer();
  const feed = new StreamFeed();
  const engine = options.text !== undefined && options.engine === "flite" ? createEngine() : undefined;
  const log = options.events === undefined ? undefined : new PlayLog(options.events);
  const outputGone = untilOutputFails(player);
  const signal = AbortSignal.any([interruption, outputGone]);
  try {
    // Opening a sound card takes a while, which is not the stream's.
    if (options.sink === "device") player.attach({ kind: "native" });
    unwrap(await feed.ready);
    if (engine) unwrap(await engine.ready);
    const played = chooseSource(source, options, engine);
    if (options.sink !== "device") player.attach(chooseSink(options.sink));
    for (let run = 0; run < options.repeat && !signal.aborted; run++) {
      const meter = new PlayMeter();
      log?.begin(options);
      const result = await playStream(player, feed, {
        source: played,
        startPolicy: options.policy,
        isLive: options.live,
        feed: feedOptions(options),
        signal,
        onEvent: (event, sinceRequestMs, request) => {
          meter.take(event, sinceRequestMs);
          log?.take(event, request);
        },
      });
      meter.clear();
      log?.end(result);
      onRun(result);
      if (result.failure) break;
    }
  } finally {
    await Promise.all([player.close(), feed.close(), engine?.close(), log?.close()]);
  }
  return outputFailure(outputGone);
}

function createEngine() {
  return createFliteSynthesizer({ modelsFolder: modelsFolder() });
}

function chooseSource(source: string | undefined, options: PlayOptions, engine: Synthesizer | undefined): PlayedSource {
  const { text = "", format } = options;
  if (engine) {
    const style = { voice: options.voice ?? "slt", rateRatio: 1 };
    return {
      engineName: "flite",
      speak: (ring, onSamples) => speakText(engine, text, { ...style, ...ring }, onSamples),
    };
  }
  const choice: SourceChoice =
    source === undefined
      ? { kind: "speech", request: speechRequest(text, options) }
      : source === "-"
        ? { kind: "stdin" }
        : isAddress(source)
          ? { kind: "url", url: source }
          : { kind: "file", path: source };
  const isSpokenPcm = source === undefined && options.responseFormat === "pcm";
  const encoding = format ?? (isSpokenPcm ? "s16le" : undefined);
  return encoding === undefined ? { source: choice } : { source: choice, encoding };
}

function speechRequest(input: string, { url, model, voice = "alloy", responseFormat }: PlayOptions) {
  const apiKey = process.env["REPARTEE_SPEECH_KEY"];
  return { baseUrl: url, model, input, voice, responseFormat, ...(apiKey === undefined ? {} : { apiKey }) };
}

function chooseSink(sink: string): SinkChoice {
  const path = wavPath(sink);
  return path === undefined ? { kind: "null", originAtMs: nowMs() } : { kind: "wav", path, originAtMs: nowMs() };
}

function wavPath(sink: string): string | undefined {
  return sink === "device" || sink === "null" ? undefined : sink;
}

function feedOptions({ rate, channels, chunk, jitter, seed, timeout, save }: PlayOptions) {
  return {
    rawFormat: { sampleRateHz: rate, channels },
    ...(chunk === undefined ? {} : { chunkBytes: chunk }),
    ...(jitter === undefined ? {} : { jitter: { spec: jitter, seed } }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout * 1000 }),
    ...(save === undefined ? {} : { save: { folder: save } }),
  };
}

/** Warnings go to standard error, the one line for people to standard output. Nothing is said of a run in which nothing was heard. */
function tellRun({ metrics, fed, failure }: StreamPlayed): void {
  if (fed && fed.decodeErrors > 0) {
    const count = fed.decodeErrors === 1 ? "1 damaged stretch" : `${fed.decodeErrors} damaged stretches`;
    console.error(`repartee: warning: ${count} of the ${fed.encoding} data could not be decoded`);
  }
  if (fed?.saveFailure && failure) console.error(`repartee: warning: ${fed.saveFailure.detail}`);
  for (const path of fed?.saved ?? []) console.error(`repartee: saved ${path}`);
  if (metrics.samplesPlayed > 0) console.log(metricsLine(metrics));
}
