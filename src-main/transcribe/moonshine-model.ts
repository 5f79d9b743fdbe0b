import type { Outcome } from "../../src-shared/failure.ts";
import { succeeded } from "../../src-shared/failure.ts";
import { readModel } from "../models/model-store.ts";
import {
  loadOnnxRuntime,
  type OnnxRuntime,
  type OnnxSession,
  type OnnxTensor,
  type OnnxTensors,
} from "../models/onnx-session.ts";
import { gatherRows, truncateCache, type CachedDecoder, type Continuation } from "./moonshine-decoding.ts";

const LAYERS = 6;
const HEADS = 8;
const HEAD_SIZE = 36;
const EMPTY_CACHE_SHAPE = [0, HEADS, 1, HEAD_SIZE];

/** Moonshine Tiny: two graphs, from samples to logits. Lives in a worker thread. */
export interface MoonshineModel {
  /** Encodes mono samples at 16 kHz and gives a decoder for them, which is void at the next call. */
  encode(pcm: Float32Array): Promise<CachedDecoder>;
  release(): Promise<void>;
}

/** The decoder's operators are so small that waking a second thread takes longer than it saves: 18 % of all processor time. */
const DECODER_THREADS = 1;

/** Loads the model; the encoder's operators get that many threads. Codes: model-*. */
export async function loadMoonshineModel(
  folder: string | undefined,
  encoderThreads: number,
): Promise<Outcome<MoonshineModel>> {
  const [encoderFile, decoderFile, runtime] = await Promise.all([
    readModel("moonshine-encoder", folder),
    readModel("moonshine-decoder", folder),
    loadOnnxRuntime(),
  ]);
  if (!encoderFile.ok) return encoderFile;
  if (!decoderFile.ok) return decoderFile;
  if (!runtime.ok) return runtime;
  const encoder = await runtime.value.open(encoderFile.value, encoderThreads);
  if (!encoder.ok) return encoder;
  // Packed it takes 40 MB more and a quarter less time; the encoder would hardly be faster.
  const decoder = await runtime.value.open(decoderFile.value, DECODER_THREADS, "packed");
  if (!decoder.ok) return decoder;
  return succeeded({
    async encode(pcm) {
      const input = runtime.value.floatTensor(pcm, [1, pcm.length]);
      const { last_hidden_state: states } = await encoder.value.run({ input_values: input });
      return new MoonshineDecoder(runtime.value, decoder.value, states as OnnxTensor);
    },
    async release() {
      await encoder.value.release();
      await decoder.value.release();
    },
  });
}

/**
 * The decoder graph with its key-value cache, whose tensors go from one run's outputs straight into the next run's inputs. The encoder's
 * part has one row for all hypotheses: the graph broadcasts it.
 */
class MoonshineDecoder implements CachedDecoder {
  readonly #runtime: OnnxRuntime;
  readonly #session: OnnxSession;
  readonly #states: OnnxTensor;
  readonly #inputs: Record<string, OnnxTensor> = {};
  /** What `begin` gave, for `rewind`. */
  #begun: OnnxTensors = {};

  constructor(runtime: OnnxRuntime, session: OnnxSession, states: OnnxTensor) {
    this.#runtime = runtime;
    this.#session = session;
    this.#states = states;
  }

  async begin(tokens: readonly number[]): Promise<Float32Array> {
    const empty = this.#runtime.floatTensor(new Float32Array(), EMPTY_CACHE_SHAPE);
    for (const name of [...DECODER_CACHE, ...ENCODER_CACHE]) this.#inputs[`past_key_values.${name}`] = empty;
    this.#inputs["encoder_hidden_states"] = this.#states;
    this.#inputs["use_cache_branch"] = this.#runtime.booleanTensor(false);
    this.#inputs["input_ids"] = this.#runtime.int64Tensor(BigInt64Array.from(tokens, BigInt), [1, tokens.length]);
    const outputs = await this.#session.run(this.#inputs);
    for (const name of [...DECODER_CACHE, ...ENCODER_CACHE]) {
      this.#inputs[`past_key_values.${name}`] = outputs[`present.${name}`] as OnnxTensor;
    }
    this.#inputs["use_cache_branch"] = this.#runtime.booleanTensor(true);
    this.#begun = outputs;
    return outputs["logits"]?.data as Float32Array;
  }

  rewind(count: number): void {
    for (const name of DECODER_CACHE) {
      const cache = this.#begun[`present.${name}`] as OnnxTensor;
      const kept = truncateCache(cache.data as Float32Array, HEADS, cache.dims[2] as number, count);
      this.#inputs[`past_key_values.${name}`] = this.#runtime.floatTensor(kept, [1, HEADS, count, HEAD_SIZE]);
    }
  }

  async advance(continuations: readonly Continuation[]): Promise<Float32Array> {
    this.#gather(continuations.map(({ row }) => row));
    const ids = BigInt64Array.from(continuations, ({ token }) => BigInt(token));
    this.#inputs["input_ids"] = this.#runtime.int64Tensor(ids, [ids.length, 1]);
    const outputs = await this.#session.run(this.#inputs, ADVANCE_OUTPUTS);
    for (const name of DECODER_CACHE) {
      this.#inputs[`past_key_values.${name}`] = outputs[`present.${name}`] as OnnxTensor;
    }
    return outputs["logits"]?.data as Float32Array;
  }

  /** Makes the cache hold the rows that are asked for, in that order. */
  #gather(rows: readonly number[]): void {
    for (const name of DECODER_CACHE) {
      const cache = this.#inputs[`past_key_values.${name}`] as OnnxTensor;
      const [rowCount, , length] = cache.dims as [number, number, number];
      if (rowCount === rows.length && rows.every((row, index) => row === index)) return;
      const gathered = gatherRows(cache.data as Float32Array, rowCount, rows);
      this.#inputs[`past_key_values.${name}`] = this.#runtime.floatTensor(gathered, [
        rows.length,
        HEADS,
        length,
        HEAD_SIZE,
      ]);
    }
  }
}

const DECODER_CACHE = cacheNames("decoder");
const ENCODER_CACHE = cacheNames("encoder");
/** The encoder's part of the cache does not change after the first pass. */
const ADVANCE_OUTPUTS = ["logits", ...DECODER_CACHE.map((name) => `present.${name}`)];

function cacheNames(side: "decoder" | "encoder"): readonly string[] {
  return Array.from({ length: LAYERS }, (_, layer) => [`${layer}.${side}.key`, `${layer}.${side}.value`]).flat();
}
