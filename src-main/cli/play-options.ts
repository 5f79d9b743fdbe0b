import { resolve } from "node:path";
import { InvalidArgumentError, Option, type Command } from "commander";
import { STREAM_ENCODINGS, type StreamEncoding } from "../play/decode/stream-decoder.ts";
import type { StartPolicyChoice } from "../play/player-protocol.ts";
import type { JitterSpec } from "../play/source/jitter-spec.ts";
import { parseJitterSpec } from "../play/source/parse-jitter-spec.ts";
import { parseOutputPath } from "./output-path.ts";
import { wholeNumber } from "./whole-number.ts";

const FLITE_VOICES = ["slt", "kal"];
const MOST_BYTES = 1_000_000_000;

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
  readonly live: boolean;
  readonly jitter?: JitterSpec;
  readonly chunk?: number;
  readonly seed: number;
  readonly repeat: number;
  readonly timeout?: number;
  readonly save?: string;
  readonly report?: string;
  readonly events?: string;
}

/** Gives a command the argument and the options of `repartee play`. */
export function withPlayOptions(command: Command): Command {
  return command
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
    .addOption(
      new Option("--response-format <name>", "what to ask the server for")
        .choices(["pcm", "wav", "mp3", "opus", "flac", "aac"])
        .default("pcm"),
    )
    .addOption(
      new Option("--format <encoding>", "how the source is encoded, where it does not say").choices(STREAM_ENCODINGS),
    )
    .option("--rate <hz>", "sample rate of PCM and of Opus packets", wholeNumber(4_000, 192_000), 24_000)
    .option("--channels <count>", "channels of those: 1 or 2", wholeNumber(1, 2), 1)
    .option("--sink <where>", "device, null or a WAV file to write", parseOutputPath, "device")
    .addOption(
      new Option("--policy <rule>", "when to start: adaptive, or fixed:MS of audio")
        .argParser(parsePolicy)
        .default({ kind: "adaptive" }, "adaptive"),
    )
    .option("--live", "the source is made while it is heard: catch up with a backlog by playing faster", false)
    .option(
      "--jitter <spec>",
      "a bad network: burst:N, stall:MS@S, rtf:R, wifi, slow-start:MS, loss, error@S, or a trace file",
      parseJitter,
    )
    .option(
      "--chunk <bytes>",
      "cut the source into pieces of this size (default: as they come; 20 ms with --jitter)",
      wholeNumber(1, MOST_BYTES),
    )
    .option("--seed <number>", "seed of the simulated network", wholeNumber(0, 2 ** 32 - 1), 1)
    .option("--repeat <times>", "play it so many times", wholeNumber(1, 1_000_000), 1)
    .option("--timeout <seconds>", "longest wait for a server (default: 10)", parseSeconds)
    .option("--save <folder>", "save what was received: WAV, and the original when it is compressed", parseFolder)
    .option("--report <file.json>", "write the measurements as JSON", parseOutputPath)
    .option("--events <file.jsonl>", "append an event log", parseOutputPath)
    .addHelpText(
      "after",
      "\nExamples:\n  repartee play music.mp3\n  repartee play speech.pcm --format s16le --rate 16000 --jitter wifi,stall:400@2 --chunk 4096" +
        '\n  repartee play --text "Good morning." --sink morning.wav\n  curl -s https://example.org/speech.opus | repartee play - --report report.json' +
        "\nKeys for --engine openai come from REPARTEE_SPEECH_KEY.",
    );
}

/** What is wrong with options that do not go together, as a sentence; undefined when nothing is. */
export function findWrongUse(source: string | undefined, options: PlayOptions): string | undefined {
  const { text, engine, voice, url, format, chunk, repeat, sink, report, events } = options;
  if ((source === undefined) === (text === undefined)) return "name either a source or a --text to speak";
  if (source === "") return "the source has no name";
  if (source === "-" && repeat > 1) return "--repeat needs a source that can be read again";
  if (source !== undefined && isAddress(source) && !URL.canParse(source)) return `${source} is not an address`;
  if (text !== undefined && engine === "openai" && !/^https?:/i.test(URL.canParse(url) ? url : ""))
    return "--url is an address that begins with http:// or https://";
  if (text !== undefined && engine === "flite" && voice !== undefined && !FLITE_VOICES.includes(voice))
    return `--voice of flite is one of ${FLITE_VOICES.join(", ")}`;
  if (format === "opus-packets" && chunk !== undefined) return "--chunk would cut Opus packets apart";
  const outputs = Object.entries({ sink: isFile(sink) ? sink : undefined, report, events });
  const paths = outputs.flatMap(([name, path]) => (path === undefined ? [] : [{ name, path: resolve(path) }]));
  for (const [index, { name, path }] of paths.entries()) {
    const same = paths.slice(index + 1).find((other) => other.path === path);
    if (same) return `--${name} and --${same.name} are the same`;
  }
  return undefined;
}

/** Whether a source is named by its address. */
export function isAddress(source: string): boolean {
  return /^(?:https?|wss?):\/\//i.test(source);
}

function isFile(sink: string): boolean {
  return sink !== "device" && sink !== "null";
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

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 3_600)) throw new InvalidArgumentError("It is a number of seconds up to 3600.");
  return seconds;
}

function parseFolder(text: string): string {
  if (text === "") throw new InvalidArgumentError("It is the path of a folder.");
  return text;
}
