import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { DecodedPiece } from "./stream-decoder.ts";
import { WavStreamDecoder } from "./wav-stream-decoder.ts";

/** What ffmpeg reads: one of its formats from the standard input, or a file. */
export type FfmpegInput = { readonly format: "aac" | "mov" } | { readonly path: string };

/** Bytes given to ffmpeg after which it is worth a moment to wait for what it makes of them. */
const BYTES_WORTH_WAITING = 1_024;
const WAIT_MS = 5;

/** True where a program `ffmpeg` stands on the PATH. */
export async function hasFfmpeg(path: string = process.env["PATH"] ?? ""): Promise<boolean> {
  const name = process.platform === "win32" ? "ffmpeg.exe" : "ffmpeg";
  for (const folder of path.split(delimiter).filter((entry) => entry !== "")) {
    const isThere = await access(join(folder, name), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return true;
  }
  return false;
}

/** A running ffmpeg that decodes what it is given to samples, at the stream's own rate. Its end, however it comes, never throws. */
export class FfmpegProcess {
  /** Packets that ffmpeg could not decode; at least 1 after an exit with an error. */
  errors = 0;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #wav = new WavStreamDecoder();
  readonly #closed: Promise<void>;
  #isClosed = false;
  #pieces: DecodedPiece[] = [];
  #bytesSinceOutput = 0;
  #line = "";
  #onOutput: () => void = () => undefined;

  constructor(input: FfmpegInput) {
    const quick = ["-probesize", "4096", "-analyzeduration", "0"];
    const source = "path" in input ? ["-i", input.path] : [...quick, "-f", input.format, "-i", "pipe:0"];
    const output = ["-map", "0:a:0", "-c:a", "pcm_f32le", "-f", "wav", "-flush_packets", "1", "pipe:1"];
    this.#child = spawn("ffmpeg", ["-nostdin", "-hide_banner", "-v", "error", ...source, ...output], {
      stdio: ["pipe", "pipe", "pipe"],
      windowsHide: true,
    });
    this.#child.stdin.on("error", () => undefined);
    this.#child.stdout.on("data", (chunk: Buffer) => this.#takeOutput(chunk));
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => this.#takeMessages(text));
    this.#closed = this.#waitForEnd();
  }

  /** Gives bytes to ffmpeg; resolves once it took them, and with what came out until then. */
  async write(bytes: Uint8Array): Promise<readonly DecodedPiece[]> {
    if (!this.#isClosed && this.#child.stdin.writable) {
      // A copy: the pipe may keep what it is given for longer than the caller does.
      const taken = new Promise<void>((resolve) => this.#child.stdin.write(new Uint8Array(bytes), () => resolve()));
      await Promise.race([taken, this.#closed]);
      this.#bytesSinceOutput += bytes.length;
      if (this.#bytesSinceOutput >= BYTES_WORTH_WAITING && this.#pieces.length === 0) await this.#waitForOutput();
    }
    return this.#takePieces();
  }

  /** The rest, once ffmpeg is through. */
  async finish(): Promise<readonly DecodedPiece[]> {
    this.#child.stdin.end();
    await this.#closed;
    return this.#takePieces();
  }

  /** Ends the process if it still runs; resolves once it is gone. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#closed;
  }

  async #waitForEnd(): Promise<void> {
    const [code] = await once(this.#child, "close").catch(() => [1]);
    if (code !== 0 && code !== null) this.errors = Math.max(1, this.errors);
    this.#isClosed = true;
  }

  async #waitForOutput(): Promise<void> {
    this.#bytesSinceOutput = 0;
    const stop = new AbortController();
    const output = new Promise<void>((resolve) => (this.#onOutput = resolve));
    const pause = delay(WAIT_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    await Promise.race([output, pause, this.#closed]);
    stop.abort();
  }

  #takeOutput(chunk: Buffer): void {
    this.#bytesSinceOutput = 0;
    this.#pieces.push(...this.#wav.read(chunk));
    if (this.#pieces.length > 0) this.#onOutput();
  }

  #takeMessages(text: string): void {
    const lines = (this.#line + text).split("\n");
    this.#line = (lines.pop() ?? "").slice(0, 1_000);
    this.errors += lines.filter((line) => /^Error (?:while decoding|submitting)/.test(line)).length;
  }

  #takePieces(): readonly DecodedPiece[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }
}
