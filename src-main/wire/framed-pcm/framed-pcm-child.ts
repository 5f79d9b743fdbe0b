import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { CAPTURE_RATE_HZ, msToSamples, PLAYBACK_RATE_HZ } from "../../../src-shared/audio-format.ts";
import { failure, type Failure } from "../../../src-shared/failure.ts";
import { ErrorLines } from "./error-lines.ts";
import {
  BYTES_PER_SAMPLE,
  decodeAudio,
  decodeText,
  DEFAULT_MOST_PAYLOAD_BYTES,
  encodeAudio,
  PACKET_KINDS,
  PacketDecoder,
  type Packet,
} from "./packet-codec.ts";

/** What to start, and how patient to be with it. */
export interface ChildOptions {
  readonly command: string;
  /** Passed on as they are; no shell sees them. */
  readonly args: readonly string[];
  /** Environment of the child; that of this process unless told. */
  readonly env?: NodeJS.ProcessEnv;
  /** Loading a model and its prompts may take this long: three minutes unless told. */
  readonly handshakeTimeoutMs?: number;
  /** Longest time without sound while it is fed, 5 s unless told. */
  readonly stallMs?: number;
  /** It may be ahead of what it was fed by this much, 4 s unless told. */
  readonly mostAheadMs?: number;
  /** What it does not read is dropped from this much on, 2 s unless told. */
  readonly mostWaitingMs?: number;
  readonly maxPayloadBytes?: number;
  /** It is killed when it has not ended so long after it was asked to, 2 s unless told. */
  readonly killAfterMs?: number;
}

/** Who gets what a child says. Nobody is told anything once it is to stop. */
export interface ChildListener {
  ready(): void;
  audio(pcm: Float32Array): void;
  text(piece: string): void;
  errorLine(line: string): void;
}

/** Text and errors between two packets of sound. */
const MOST_SILENT_BYTES = 64 * 1024;
/** A child that has closed its output is about to end. */
const END_GRACE_MS = 300;
/** What still sits in the pipes of a child that has ended is read for so long. */
const LEFTOVER_MS = 500;

/** One run of a program that speaks framed PCM, until it ends or breaks a rule; it is then stopped. See {@link FramedPcmHost}. */
export class FramedPcmChild {
  /** Resolves once the program is gone, with why. */
  readonly ended: Promise<Failure>;
  readonly #options: ChildOptions;
  readonly #listener: ChildListener;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #decoder: PacketDecoder;
  readonly #lines: ErrorLines;
  readonly #tellEnded: (failure: Failure) => void;
  #isReady = false;
  #failure: Failure | undefined;
  #fedSamples = 0;
  #saidSamples = 0;
  #silentBytes = 0;
  #patience: NodeJS.Timeout | undefined;
  #killing: NodeJS.Timeout | undefined;

  constructor(options: ChildOptions, listener: ChildListener) {
    const { command, args, env, handshakeTimeoutMs = 180_000, maxPayloadBytes = DEFAULT_MOST_PAYLOAD_BYTES } = options;
    this.#options = options;
    this.#listener = listener;
    this.#decoder = new PacketDecoder(maxPayloadBytes);
    this.#lines = new ErrorLines((line) => listener.errorLine(line));
    const { promise, resolve } = Promise.withResolvers<Failure>();
    this.ended = promise;
    this.#tellEnded = resolve;
    this.#process = spawn(command, args, { env: env ?? process.env, stdio: "pipe", windowsHide: true });
    this.#listen();
    this.#expectWithin(handshakeTimeoutMs, "it did not get ready");
  }

  /** Feeds it, once it is ready. Never blocks. */
  hear(pcm: Float32Array): void {
    const { stdin } = this.#process;
    const { mostWaitingMs = 2_000, stallMs = 5_000 } = this.#options;
    if (!this.#isReady || this.#failure || pcm.length === 0) return;
    if (this.#patience === undefined) this.#expectWithin(stallMs, "no sound came for what it heard");
    if (stdin.writableLength > BYTES_PER_SAMPLE * msToSamples(mostWaitingMs, CAPTURE_RATE_HZ)) return;
    this.#fedSamples += pcm.length;
    stdin.write(encodeAudio(pcm));
  }

  /** Asks it to end, and kills it where that does not help. */
  stop(): void {
    this.#fail(lost("it was stopped"));
  }

  #listen(): void {
    const { stdin, stdout, stderr } = this.#process;
    // A child that does not read any more is about to end, or stalls.
    stdin.on("error", () => undefined);
    stdout.on("error", () => undefined);
    stdout.on("data", (bytes: Buffer) => this.#read(bytes));
    stdout.once("end", () => setTimeout(() => this.#fail(lost("it closed its output")), END_GRACE_MS));
    stderr.on("error", () => undefined);
    stderr.setEncoding("utf8").on("data", (text: string) => this.#lines.push(text));
    this.#process.on("error", ({ message }) => {
      if (this.#process.pid === undefined) this.#end(failure("source-unreachable", "wire", message));
    });
    this.#process.once("exit", (code, signal) =>
      this.#exited(code === null ? `by ${signal}` : `with exit code ${code}`),
    );
  }

  #read(bytes: Uint8Array): void {
    const { packets, failure } = this.#decoder.push(bytes);
    for (const packet of packets) if (!this.#failure) this.#take(packet);
    if (failure) this.#fail(broken(failure.detail));
  }

  #take({ kind, body }: Packet): void {
    if (!this.#isReady)
      return kind === PACKET_KINDS.handshake ? this.#begin() : this.#fail(broken("it spoke before it was ready"));
    if (kind === PACKET_KINDS.audio) return this.#hearFrom(body);
    this.#silentBytes += 1 + body.length;
    if (this.#silentBytes > MOST_SILENT_BYTES) return this.#fail(broken("it sends text without sound"));
    if (kind === PACKET_KINDS.text) this.#listener.text(decodeText(body));
    if (kind === PACKET_KINDS.error) this.#lines.push(`${decodeText(body)}\n`);
  }

  #begin(): void {
    this.#isReady = true;
    this.#stopWaiting();
    this.#listener.ready();
  }

  #hearFrom(body: Uint8Array): void {
    const { mostAheadMs = 4_000 } = this.#options;
    const audio = decodeAudio(body);
    if (!audio.ok) return this.#fail(broken(audio.failure.detail));
    this.#stopWaiting();
    this.#silentBytes = 0;
    this.#saidSamples += audio.value.length;
    if (this.#saidSamples - this.#fedSamples > msToSamples(mostAheadMs, PLAYBACK_RATE_HZ))
      return this.#fail(broken("it sends more sound than it heard"));
    this.#listener.audio(audio.value);
  }

  #expectWithin(timeoutMs: number, detail: string): void {
    const reason = failure("source-timeout", "wire", `${detail} within ${timeoutMs} ms`, true);
    this.#patience = setTimeout(() => this.#fail(reason), timeoutMs);
  }

  #stopWaiting(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
  }

  /** Asks it to end, then makes it end, then takes it for ended. The first reason counts. */
  #fail(reason: Failure): void {
    if (this.#failure) return;
    this.#failure = reason;
    const { killAfterMs = 2_000 } = this.#options;
    this.#stopWaiting();
    this.#process.stdout.destroy();
    this.#process.kill("SIGTERM");
    this.#killing = setTimeout(() => {
      this.#process.kill("SIGKILL");
      this.#killing = setTimeout(() => this.#end(reason), killAfterMs);
    }, killAfterMs);
  }

  /** What it said before it ended is still in the pipes. */
  #exited(how: string): void {
    if (this.#failure) return this.#end(this.#failure);
    const code = this.#isReady ? "source-lost" : "source-unreachable";
    const finish = (): void => this.#end(failure(code, "wire", `it ended ${how}`, true));
    this.#process.once("close", finish);
    setTimeout(finish, LEFTOVER_MS).unref();
  }

  #end(reason: Failure): void {
    this.#failure ??= reason;
    this.#stopWaiting();
    clearTimeout(this.#killing);
    this.#lines.end();
    const { stdin, stdout, stderr } = this.#process;
    for (const pipe of [stdin, stdout, stderr]) pipe.destroy();
    this.#tellEnded(this.#failure);
  }
}

function lost(detail: string): Failure {
  return failure("source-lost", "wire", detail, true);
}

/** It does not do what the protocol wants; another run of it may. */
function broken(detail: string): Failure {
  return failure("protocol-error", "wire", detail, true);
}
