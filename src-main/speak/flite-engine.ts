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

/**
 * Flite compiled to WASI, run in memory: its files and output are buffers, so nothing that is said touches a disk. One run needs a fresh
 * instance, 9 ms to make: `prepare` makes the next one ahead of time. Blocks its thread.
 */
export class FliteEngine {
  readonly #module: WebAssembly.Module;
  #prepared: FliteProcess | undefined;

  private constructor(module: WebAssembly.Module) {
    this.#module = module;
  }

  static async load(wasm: Uint8Array<ArrayBuffer>): Promise<FliteEngine> {
    return new FliteEngine(await WebAssembly.compile(wasm));
  }

  /** Makes the instance for the next `synthesize`. */
  prepare(): void {
    this.#prepared ??= new FliteProcess(this.#module);
  }

  /** Speaks `text`, ASCII and not empty. `rateRatio`: 2 is twice as fast. Undefined when Flite breaks off. */
  synthesize(text: string, voice: string, rateRatio: number): FliteSpeech | undefined {
    this.prepare();
    const process = this.#prepared as FliteProcess;
    this.#prepared = undefined;
    const stretch = (1 / rateRatio).toFixed(3);
    return process.run(["-voice", voice, "--setf", `duration_stretch=${stretch}`, "-psdur", "-t", text, "-o", "/wav"]);
  }
}

/** One run of Flite. */
class FliteProcess {
  readonly #wasi: WASI;
  readonly #instance: WebAssembly.Instance;
  readonly #root = new PreopenDirectory("/", new Map());
  readonly #output: Uint8Array[] = [];

  constructor(module: WebAssembly.Module) {
    const output = new ConsoleStdout((bytes) => this.#output.push(bytes));
    const silence = new ConsoleStdout(() => undefined);
    this.#wasi = new WASI([], [], [new OpenFile(new File([])), output, silence, this.#root], { debug: false });
    this.#instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: this.#wasi.wasiImport });
  }

  run(args: readonly string[]): FliteSpeech | undefined {
    this.#wasi.args = ["flite", ...args];
    try {
      const exitCode = this.#wasi.start(this.#instance);
      if (exitCode !== 0) return undefined;
    } catch {
      return undefined;
    }
    const wav = this.#root.dir.contents.get("wav");
    if (!(wav instanceof File) || wav.data.length < WAV_HEADER_BYTES) return undefined;
    const view = new DataView(wav.data.buffer, wav.data.byteOffset, wav.data.length);
    const pcm = new Float32Array((wav.data.length - WAV_HEADER_BYTES) >> 1);
    for (let index = 0; index < pcm.length; index++) {
      pcm[index] = view.getInt16(WAV_HEADER_BYTES + index * 2, true) / 32_768;
    }
    return { pcm, rateHz: view.getUint32(WAV_RATE_OFFSET, true), phones: readPhones(Buffer.concat(this.#output)) };
  }
}

/** Reads what `-psdur` prints: "pau:0.225 ih:0.283", phones with their ends in seconds. */
function readPhones(output: Buffer): readonly SpokenPhone[] {
  return [...output.toString("latin1").matchAll(/([a-z]+):(\d+\.\d+)/g)].map(([, name, end]) => ({
    pause: name === "pau",
    endMs: Number(end) * 1000,
  }));
}
