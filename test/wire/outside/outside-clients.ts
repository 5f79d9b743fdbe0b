import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CAPTURE_RATE_HZ } from "../../../src-shared/audio-format.ts";
import { wavBytes } from "../../fixtures/wav-bytes.ts";

/** Debian's, which has Debian's packages. */
const PYTHON = "/usr/bin/python3";

/** What the recognition client tells of a session. Times in seconds; those of words count from the first sample of the speech. */
export interface HeardOutside {
  readonly first: { readonly type: string; readonly message?: string };
  /** From before connecting to the first message. */
  readonly first_after: number;
  readonly words: readonly {
    readonly text: string;
    readonly start: number;
    readonly stop: number;
    /** From sending the last sample of the word to its end being told. */
    readonly delay: number;
  }[];
  readonly steps: number;
  /** All that was sent, silence included. */
  readonly audio_seconds: number;
  /** How many probabilities there were in a step. */
  readonly probabilities: readonly number[];
  /** Those of each step. */
  readonly likely: readonly (readonly number[])[];
  /** From sending the marker to its return; null when it did not return. */
  readonly marker_after: number | null;
  /** False when the marker did not come back. */
  readonly words_after_marker: number | false;
  readonly types: readonly string[];
  readonly faults: readonly string[];
  /** Of a refused upgrade, in place of everything else. */
  readonly status?: number;
}

/** See {@link hearOutside}. */
export interface HearOutsideOptions {
  readonly speed?: number;
  readonly key?: string;
  readonly onlyListens?: boolean;
}

/** What the speech client tells. Times in seconds. */
export interface SpokenOutside {
  readonly texts: readonly { readonly text: string; readonly start: number; readonly stop: number }[];
  readonly samples: number;
  /** Different lengths of messages, in samples. */
  readonly lengths: readonly number[];
  readonly first_audio_after: number;
  readonly close_code: number;
  /** The speech: WAV, or Ogg where Opus was asked for. */
  readonly file: Buffer;
}

/** What the conversation client tells. Times in seconds. */
export interface TalkedOutside {
  /** What was behind the kind, as bytes. */
  readonly handshake: readonly number[];
  readonly ready_after: number;
  /** Of messages that came. */
  readonly kinds: readonly number[];
  readonly first_kinds: readonly number[];
  /** Messages with sound, without the first one, which is the header. */
  readonly sounds: number;
  readonly text: string;
  readonly errors: readonly string[];
  /** What was answered, as Ogg Opus. */
  readonly file: Buffer;
}

/** Why the clients cannot be run on this machine; undefined when they can. */
export function outsideSkipReason(): string | undefined {
  if (!existsSync(PYTHON)) return `not installed: ${PYTHON}`;
  const missing = ["websockets", "msgpack"].filter(
    (name) => spawnSync(PYTHON, ["-c", `import ${name}`], { stdio: "ignore" }).status !== 0,
  );
  return missing.length === 0 ? undefined : `not installed: ${missing.map((name) => `python3-${name}`).join(", ")}`;
}

/**
 * Has the Python client send recordings (mono at CAPTURE_RATE_HZ), all at once, so many times as fast as they were spoken. `onlyListens`: it sends
 * nothing more while it waits for its marker.
 */
export async function hearOutside(
  url: string,
  recordings: readonly Float32Array[],
  { speed = 1, key = "", onlyListens = false }: HearOutsideOptions = {},
): Promise<readonly HeardOutside[]> {
  return inFolder(async (folder) => {
    const paths = recordings.map((pcm, index) => {
      const path = join(folder, `${index}.wav`);
      writeFileSync(path, wavBytes(pcm, { encoding: "int", bits: 16, channels: 1, sampleRateHz: CAPTURE_RATE_HZ }));
      return path;
    });
    const options = ["--speed", String(speed), "--key", key, ...(onlyListens ? ["--only-listen"] : [])];
    const lines = await run("stt_client.py", [...options, url, ...paths]);
    return lines.map((line) => JSON.parse(line) as HeardOutside);
  });
}

/** Has the Python client send a text word by word, and take the speech. */
export async function speakOutside(
  url: string,
  text: string,
  { format, key = "", pauseMs = 0 }: { readonly format: string; readonly key?: string; readonly pauseMs?: number },
): Promise<SpokenOutside> {
  return inFolder(async (folder) => {
    const path = join(folder, "speech");
    const options = ["--format", format, "--key", key, "--pause", String(pauseMs / 1000)];
    const [line = ""] = await run("tts_client.py", [...options, url, path, ...text.split(" ")]);
    return { ...(JSON.parse(line) as Omit<SpokenOutside, "file">), file: readFileSync(path) };
  });
}

/** Has the Python client say Ogg Opus, so many times as fast as it was spoken and in pieces of so many bytes, and keep the answer. */
export async function talkOutside(
  url: string,
  opus: Uint8Array,
  { speed, key, pieceBytes }: { readonly speed: number; readonly key: string; readonly pieceBytes: number },
): Promise<TalkedOutside> {
  return inFolder(async (folder) => {
    const [question, answer] = [join(folder, "question.opus"), join(folder, "answer.opus")];
    writeFileSync(question, opus);
    const options = ["--speed", String(speed), "--key", key, "--piece", String(pieceBytes)];
    const [line = ""] = await run("chat_client.py", [...options, url, question, answer]);
    return { ...(JSON.parse(line) as Omit<TalkedOutside, "file">), file: readFileSync(answer) };
  });
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "repartee-outside-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs a client and returns its lines. */
async function run(client: string, args: readonly string[]): Promise<readonly string[]> {
  const child = spawn(PYTHON, [join(import.meta.dirname, client), ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  let [out, errors] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const exitCode = await new Promise((done) => child.once("close", done));
  process.off("exit", kill);
  if (exitCode !== 0) throw new Error(`${client} ended with ${String(exitCode)}: ${errors.slice(-2_000)}`);
  return out.trim().split("\n");
}
