import { Command, InvalidArgumentError, Option } from "commander";
import { FailureError } from "../../src-shared/failure.ts";
import { modelsFolder } from "../models/model-store.ts";
import { STREAM_ENCODINGS, type StreamEncoding } from "../play/decode/stream-decoder.ts";
import type { SourceChoice } from "../play/feed/feed-request.ts";
import type { SinkChoice, StartPolicyChoice } from "../play/player-protocol.ts";
import { metricsLine } from "../play/record/report-line.ts";
import type { JitterSpec } from "../play/source/jitter-spec.ts";
import { parseJitterSpec } from "../play/source/parse-jitter-spec.ts";
import { StreamFeed } from "../play/stream-feed.ts";
import { WorkerStreamPlayer } from "../play/worker-stream-player.ts";
import { playStream, type PlayedSource, type StreamPlayed } from "../play/play-stream.ts";
import { nowMs } from "../session-clock.ts";
import { speakText } from "../speak-text.ts";
import { createFliteSynthesizer } from "../speak/flite-synthesizer.ts";
import { INTERRUPTED, untilInterrupted } from "./interruption.ts";
import { parseOutputPath, requireWritable } from "./output-path.ts";
import { PlayLog } from "./play-log.ts";
import { PlayMeter } from "./play-meter.ts";
import { writePlayReport } from "./play-report.ts";
import { unwrap } from "./unwrap.ts";

/** What `repartee play` takes, as parsed. */
export interface PlayOptions {
  readonly text?: string;
  readonly engine: "flite" | "openai";
  readonly url: string;
  readonly model: string;
  readonly voice?: string;
  readonly responseFormat: string;
  readonly format?: StreamEncoding;
  readonly rate: number;
  readonly channels: 1 | 2;
  readonly sink: string;
  readonly policy: StartPolicyChoice;
  readonly jitter?: JitterSpec;
  readonly chunk?: number;
  readonly seed: number;
  readonly repeat: number;
  readonly timeout?: number;
  readonly save?: string;
  readonly report?: string;
  readonly events?: string;
}

/** `repartee play`: plays a stream as the assistant would, under a simulated network where asked for, and says how it went. */
export function playCommand(): Command {
  return new Command("play")
    .argument("[source]", "a file, an address (http, https, ws, wss), or - for standard input")
    .option("--text <text>", "have this text spoken and play that")
    .addOption(
      new Option("--engine <name>", "who speaks it: the embedded engine, or an OpenAI-compatible server")
        .choices(["flite", "openai"])
        .default("flite"),
    )
    .option("--url <address>", "the server of --engine openai", "http://127.0.0.1:8880/v1")
    .option("--model <name>", "its model", "tts-1")
    .option("--voice <name>", "the voice; slt or kal for flite (default: slt, or alloy)")
    .option("--response-format <name>", "what to ask the server for: pcm, wav, mp3, opus, flac, aac", "pcm")
    .addOption(
      new Option("--format <encoding>", "how the source is encoded, where it does not say").choices(STREAM_ENCODINGS),
    )
    .option("--rate <hz>", "sample rate of PCM and of Opus packets", parseRate, 24_000)
    .addOption(new Option("--channels <count>", "channels of those").choices(["1", "2"]).default("1").argParser(Number))
    .option("--sink <where>", "device, null or a WAV file to write", "device")
    .option("--policy <rule>", "when to start: adaptive, or fixed:MS of audio", parsePolicy, {
      kind: "adaptive",
    } as const)
    .option(
      "--jitter <spec>",
      "a bad network: burst:N, stall:MS@S, rtf:R, wifi, slow-start:MS, loss, error@S, or a trace file",
      parseJitter,
    )
    .option("--chunk <bytes>", "cut the source into pieces of this size", parseCount)
    .option("--seed <number>", "seed of the simulated network", parseSeed, 1)
    .option("--repeat <times>", "play it so many times", parseCount, 1)
    .option("--timeout <seconds>", "longest wait for a server (default: 10)", parseSeconds)
    .option("--save <folder>", "save what was received: WAV, and the original when it is compressed")
    .option("--report <file.json>", "write the measurements as JSON", parseOutputPath)
    .option("--events <file.jsonl>", "append an event log", parseOutputPath)
    .addHelpText(
      "after",
      "\nExamples:\n  repartee play music.mp3\n  repartee play speech.pcm --format s16le --rate 16000 --jitter wifi,stall:400@2 --chunk 4096" +
        '\n  repartee play --text "Good morning." --sink morning.wav\n  curl -s https://example.org/speech.opus | repartee play - --report report.json' +
        "\nKeys for --engine openai come from REPARTEE_SPEECH_KEY.",
    )
    .action(play);
}

async function play(source: string | undefined, options: PlayOptions): Promise<void> {
  if ((source === undefined) === (options.text === undefined)) {
    throw new InvalidArgumentError("Name either a source or a --text to speak.");
  }
  if (options.report !== undefined) requireWritable(options.report);
  const interruption = untilInterrupted();
  const player = new WorkerStreamPlayer();
  const feed = new StreamFeed();
  const engine = needsEngine(options) ? createFliteSynthesizer({ modelsFolder: modelsFolder() }) : undefined;
  const log = options.events === undefined ? undefined : new PlayLog(options.events);
  const runs: StreamPlayed[] = [];
  try {
    unwrap(await feed.ready);
    if (engine) unwrap(await engine.ready);
    const played = chooseSource(source, options, engine);
    player.attach(chooseSink(options.sink));
    for (let run = 0; run < options.repeat && !interruption.aborted; run++) {
      const meter = new PlayMeter();
      log?.begin(options);
      const result = await playStream(player, feed, {
        source: played,
        startPolicy: options.policy,
        feed: feedOptions(options),
        signal: interruption,
        onEvent: (event, sinceRequestMs) => {
          meter.take(event, sinceRequestMs);
          log?.take(event);
        },
      });
      meter.clear();
      log?.end(result);
      runs.push(result);
      tellRun(result);
      if (result.failure) break;
    }
  } finally {
    await Promise.all([player.close(), feed.close(), engine?.close(), log?.close()]);
  }
  if (options.report !== undefined) unwrap(writePlayReport(options.report, source ?? "text", options, runs));
  const failed = runs.at(-1)?.failure;
  if (failed && !interruption.aborted) throw new FailureError(failed);
  if (interruption.aborted) process.exitCode = INTERRUPTED;
}

function needsEngine({ text, engine }: PlayOptions): boolean {
  return text !== undefined && engine === "flite";
}

function chooseSource(
  source: string | undefined,
  options: PlayOptions,
  engine: ReturnType<typeof createFliteSynthesizer> | undefined,
): PlayedSource {
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
        : /^(?:https?|wss?):\/\//i.test(source)
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
  if (sink === "device") return { kind: "native" };
  if (sink === "null") return { kind: "null", originAtMs: nowMs() };
  requireWritable(sink);
  return { kind: "wav", path: sink, originAtMs: nowMs() };
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

/** Warnings go to standard error, the one line for people to standard output. */
function tellRun({ metrics, fed, failure: broken }: StreamPlayed): void {
  const warn = (text: string): void => console.error(`repartee: warning: ${text}`);
  if (fed?.isTruncated) warn("the audio ended before its own end; what there was has been played");
  if (fed && fed.decodeErrors > 0)
    warn(`${fed.decodeErrors} damaged stretches of the ${fed.encoding} data were skipped`);
  if (fed?.saveFailure) warn(`nothing more could be saved: ${fed.saveFailure.detail}`);
  for (const path of fed?.saved ?? []) console.error(`repartee: saved ${path}`);
  if (metrics.samplesPlayed > 0 || !broken) console.log(metricsLine(metrics));
}

function parseRate(text: string): number {
  const rateHz = Number(text);
  if (!(Number.isInteger(rateHz) && rateHz >= 4_000 && rateHz <= 384_000))
    throw new InvalidArgumentError("It is a number of Hz from 4000 to 384000.");
  return rateHz;
}

function parsePolicy(text: string): StartPolicyChoice {
  if (text === "adaptive") return { kind: "adaptive" };
  const preRollMs = /^fixed:(\d{1,5})$/.exec(text)?.[1];
  if (preRollMs === undefined) throw new InvalidArgumentError("It is adaptive, or fixed:MS.");
  return { kind: "fixed", preRollMs: Number(preRollMs) };
}

function parseJitter(text: string): JitterSpec {
  try {
    return parseJitterSpec(text);
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!(Number.isInteger(count) && count >= 1 && count <= 1_000_000_000))
    throw new InvalidArgumentError("It is a whole number from 1 on.");
  return count;
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (!(Number.isInteger(seed) && seed >= 0)) throw new InvalidArgumentError("It is a whole number from 0 on.");
  return seed;
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 3_600)) throw new InvalidArgumentError("It is a number of seconds up to 3600.");
  return seconds;
}
