import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { onTestFinished } from "vitest";
import {
  decodeAudio,
  decodeText,
  PACKET_KINDS,
  PacketDecoder,
  type Packet,
} from "../../../src-main/wire/framed-pcm/packet-codec.ts";

/** The other side of a program that speaks framed PCM on its standard input and output, until the test is over. */
export class PacketPeer {
  readonly child: ChildProcessWithoutNullStreams;
  /** Everything that came, in order. */
  readonly packets: Packet[] = [];
  /** Whether anything came that is no packet. */
  isGarbled = false;
  stderr = "";
  readonly #exitCode: Promise<number | null>;
  #taken = 0;
  #tellNews: () => void = () => undefined;
  #isOver = false;

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    this.child = spawn(command, args, { env });
    onTestFinished(() => void this.child.kill("SIGKILL"));
    const decoder = new PacketDecoder();
    this.child.stdout.on("data", (bytes: Buffer) => {
      const { packets, failure } = decoder.push(Uint8Array.from(bytes));
      this.packets.push(...packets);
      this.isGarbled ||= failure !== undefined;
      this.#tellNews();
    });
    this.child.stdout.on("close", () => {
      this.#isOver = true;
      this.isGarbled ||= decoder.isInPacket;
      this.#tellNews();
    });
    this.child.stderr.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.child.stdin.on("error", () => undefined);
    this.#exitCode = new Promise((resolve) => this.child.once("close", resolve));
  }

  /** The next packet; undefined after the last. */
  async next(): Promise<Packet | undefined> {
    while (this.#taken === this.packets.length && !this.#isOver) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#tellNews = resolve;
      await promise;
    }
    return this.packets[this.#taken++];
  }

  send(...packets: readonly Uint8Array[]): void {
    this.child.stdin.write(Buffer.concat(packets));
  }

  /** Sends as fast as the program reads. */
  async sendAll(packets: Iterable<Uint8Array>): Promise<void> {
    for (const packet of packets)
      if (!this.child.stdin.write(packet)) await new Promise((resolve) => this.child.stdin.once("drain", resolve));
  }

  /** Ends the input, and resolves with the exit code. */
  async end(): Promise<number | null> {
    this.child.stdin.end();
    return this.#exitCode;
  }

  /** Resolves with the exit code, without anything else. */
  exited(): Promise<number | null> {
    return this.#exitCode;
  }

  /** All sound that came, packet by packet. Throws on a packet that holds half a sample. */
  get sound(): Float32Array[] {
    return this.#bodies(PACKET_KINDS.audio).map((body) => {
      const audio = decodeAudio(body);
      if (!audio.ok) throw new Error(audio.failure.detail);
      return audio.value;
    });
  }

  get text(): string {
    return this.#bodies(PACKET_KINDS.text).map(decodeText).join("");
  }

  get errors(): string[] {
    return this.#bodies(PACKET_KINDS.error).map(decodeText);
  }

  #bodies(wanted: number): Uint8Array[] {
    return this.packets.filter(({ kind }) => kind === wanted).map(({ body }) => body);
  }
}
