import { ConsoleStdout, File, OpenFile, PreopenDirectory, WASI } from "@bjorn3/browser_wasi_shim";
import type { SpokenPhone } from "./word-ends.ts";

const WAV_HEADER_BYTES = 44;
const WAV_RATE_OFFSET = 24;

/** Audio as Flite made it. */
export interface FliteSpeech {
  /** Mono samples in [-1, 1]. */
  readonly pcm: Float32Array;
  readonly rateHz: number;
  readonly phones: readonly SpokenPhone[];
}

/** The end of Flite's initial memory, where everything is that it changes; what lies before are its voices. It is the last 83 KB. */
const CHANGING_BYTES = 1 << 20;

/**
 * Flite compiled to WASI, run in memory: its files and output are buffers, so nothing that is said touches a disk. A run is a whole life of
 * the program; between runs its memory is set back to what it was at first, which is quicker and smaller than a new instance. Blocks its
 * thread.
 */
export class FliteEngine {
  readonly #module: WebAssembly.Module;
  #program: FliteProgram;

  private constructor(module: WebAssembly.Module) {
    this.#module = module;
    this.#program = new FliteProgram(module);
  }

  static async load(wasm: Uint8Array<ArrayBuffer>): Promise<FliteEngine> {
    return new FliteEngine(await WebAssembly.compile(wasm));
  }

  /** Speaks `text`, ASCII and not empty. `rateRatio`: 2 is twice as fast. Undefined when Flite breaks off. */
  synthesize(text: string, voice: string, rateRatio: number): FliteSpeech | undefined {
    const stretch = (1 / rateRatio).toFixed(3);
    const args = ["-voice", voice, "--setf", `duration_stretch=${stretch}`, "-psdur", "-t", text, "-o", "/wav"];
    const speech = this.#program.run(args);
    if (!speech) this.#program = new FliteProgram(this.#module);
    return speech;
  }
}

/** An instance of Flite. */
class FliteProgram {
  readonly #wasi = new WASI([], [], [], { debug: false });
  readonly #instance: Parameters<WASI["start"]>[0];
  readonly #initialEnd: Uint8Array;
  readonly #initialEndOffset: number;

  constructor(module: WebAssembly.Module) {
    const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: this.#wasi.wasiImport });
    this.#instance = instance as Parameters<WASI["start"]>[0];
    const memory = this.#memory();
    this.#initialEndOffset = memory.length - CHANGING_BYTES;
    this.#initialEnd = memory.slice(this.#initialEndOffset);
  }

  /** Runs once. Undefined when it broke off; the instance is then spoilt. */
  run(args: readonly string[]): FliteSpeech | undefined {
    const output: Uint8Array[] = [];
    const root = new PreopenDirectory("/", new Map());
    this.#reset();
    this.#wasi.args = ["flite", ...args];
    this.#wasi.fds = [
      new OpenFile(new File([])),
      new ConsoleStdout((bytes) => output.push(bytes)),
      new ConsoleStdout(() => undefined),
      root,
    ];
    try {
      if (this.#wasi.start(this.#instance) !== 0) return undefined;
    } catch {
      return undefined;
    }
    const wav = root.dir.contents.get("wav");
    if (!(wav instanceof File) || wav.data.length < WAV_HEADER_BYTES) return undefined;
    return { ...readWav(wav.data), phones: readPhones(Buffer.concat(output)) };
  }

  #memory(): Uint8Array {
    return new Uint8Array(this.#instance.exports.memory.buffer);
  }

  #reset(): void {
    const memory = this.#memory();
    memory.set(this.#initialEnd, this.#initialEndOffset);
    memory.fill(0, this.#initialEndOffset + this.#initialEnd.length);
  }
}

/** Reads a WAV file as Flite writes it: a header of fixed length and 16-bit samples. */
function readWav(wav: Uint8Array): Pick<FliteSpeech, "pcm" | "rateHz"> {
  const view = new DataView(wav.buffer, wav.byteOffset, wav.length);
  const pcm = new Float32Array((wav.length - WAV_HEADER_BYTES) >> 1);
  for (let index = 0; index < pcm.length; index++) {
    pcm[index] = view.getInt16(WAV_HEADER_BYTES + index * 2, true) / 32_768;
  }
  return { pcm, rateHz: view.getUint32(WAV_RATE_OFFSET, true) };
}

/** Reads what `-psdur` prints: "pau:0.225 ih:0.283", phones with their ends in seconds. */
function readPhones(output: Buffer): readonly SpokenPhone[] {
  return [...output.toString("latin1").matchAll(/([a-z]+):(\d+\.\d+)/g)].map(([, name, end]) => ({
    pause: name === "pau",
    endMs: Number(end) * 1000,
  }));
}
