import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import llamaTokenizer from "llama-tokenizer-js";
import { RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import { hostEngine, type Engine } from "../models/engine-host.ts";
import type { Transcript, TranscriptionRequest } from "../turn/ports.ts";
import { decodeTokens, mostTokensFor, type DecodedTokens } from "./moonshine-decoding.ts";
import { BEGIN_TOKEN, END_TOKEN, findPunctuation, tokensBeginning } from "./moonshine-logits.ts";
import { loadMoonshineModel, type MoonshineModel } from "./moonshine-model.ts";

/** A second thread makes the encoder a third faster, and more do not help. */
const MOST_ENCODER_THREADS = 2;
const LONGEST_SAMPLES = 30 * RECOGNITION_RATE_HZ;
const SHORTEST_SAMPLES = 0.1 * RECOGNITION_RATE_HZ;
/** Silence after the speech: with less of it the last words come out wrong more often. */
const TAIL_SAMPLES = 0.3 * RECOGNITION_RATE_HZ;
/** The lead that is dropped when nothing was heard: after more than 0.4 s of silence a single word is easily lost. */
const RETRY_SAMPLES = 0.3 * RECOGNITION_RATE_HZ;
/** -66 dBFS: nothing that peaks below it is speech. */
const SILENCE_AMPLITUDE = 0.0005;
const WARM_UP_RUNS = 2;
/** The text tokens; what follows in the vocabulary are markers without text. */
const TEXT_TOKENS = 32_000;

async function load(data: {
  modelsFolder: string | undefined;
}): Promise<Outcome<Engine<TranscriptionRequest, Transcript>>> {
  const loaded = await loadMoonshineModel(data.modelsFolder, Math.min(MOST_ENCODER_THREADS, availableParallelism()));
  if (!loaded.ok) return loaded;
  const model = loaded.value;
  await warmUp(model);
  // Only decoding is needed here, and what encoding needs takes 20 MB.
  llamaTokenizer.merges.clear();
  llamaTokenizer.vocabByString.clear();
  const punctuation = findPunctuation(llamaTokenizer.vocabById);
  const wordBeginnings = tokensBeginning(llamaTokenizer.vocabById, [""]);
  const cues = new Map<string, ReadonlySet<number>>();
  const cueTokensOf = (beginnings: readonly string[]): ReadonlySet<number> => {
    const key = beginnings.join();
    const tokens = cues.get(key) ?? tokensBeginning(llamaTokenizer.vocabById, beginnings);
    cues.set(key, tokens);
    return tokens;
  };
  const decode = async (
    pcm: Float32Array,
    { draftTokens = [], cueBeginnings }: Omit<TranscriptionRequest, "pcm">,
    signal: AbortSignal,
  ) => {
    const padded = new Float32Array(pcm.length + TAIL_SAMPLES);
    padded.set(pcm);
    const mostTokens = mostTokensFor(pcm.length, RECOGNITION_RATE_HZ);
    const decoder = await model.encode(padded);
    // An abort that came while the encoder ran is heard now.
    await setImmediate();
    const cueTokens = cueBeginnings && cueTokensOf(cueBeginnings);
    return signal.aborted
      ? NOTHING
      : decodeTokens(decoder, { draftTokens, mostTokens, punctuation, wordBeginnings, cueTokens, signal });
  };
  return succeeded({
    async answer({ pcm, ...hints }, signal) {
      const startedAtMs = performance.now();
      if (pcm.length > LONGEST_SAMPLES) {
        const seconds = (pcm.length / RECOGNITION_RATE_HZ).toFixed(1);
        return failed("transcribe-failed", "transcribe", `${seconds} s of audio in one piece, and 30 s are the most`);
      }
      if (!pcm.every(Number.isFinite)) {
        return failed("transcribe-failed", "transcribe", "the audio holds samples that are not finite");
      }
      const silent = pcm.length < SHORTEST_SAMPLES || pcm.every((sample) => Math.abs(sample) < SILENCE_AMPLITUDE);
      let decoded = silent ? NOTHING : await decode(pcm, hints, signal);
      if (!silent && !signal.aborted && decoded.tokens.length === 0 && pcm.length > 2 * RETRY_SAMPLES) {
        decoded = await decode(pcm.subarray(RETRY_SAMPLES), { ...hints, draftTokens: [] }, signal);
      }
      const text = readTokens(decoded.tokens);
      return succeeded({
        text,
        ...(text !== "" && decoded.ending && { ending: decoded.ending }),
        ...(decoded.cueProbability !== undefined && { cueProbability: decoded.cueProbability }),
        tokens: decoded.tokens,
        tokenLogProbabilities: decoded.logProbabilities,
        elapsedMs: performance.now() - startedAtMs,
      });
    },
    close: () => model.release(),
  });
}

const NOTHING: DecodedTokens = { tokens: [], logProbabilities: [] };

/** Runs both graphs in all their forms, so that the first request is as fast as the next. */
async function warmUp(model: MoonshineModel): Promise<void> {
  const pcm = Float32Array.from({ length: RECOGNITION_RATE_HZ }, (_, sample) => Math.sin(sample / 20) / 10);
  for (let run = 0; run < WARM_UP_RUNS; run++) {
    const decoder = await model.encode(pcm);
    await decoder.begin([BEGIN_TOKEN, END_TOKEN]);
    await decoder.advance([{ row: 0, token: END_TOKEN }]);
    await decoder.advance([
      { row: 0, token: END_TOKEN },
      { row: 0, token: END_TOKEN },
    ]);
  }
}

/** Text of the tokens; empty when there is neither a letter nor a digit in it. */
function readTokens(tokens: readonly number[]): string {
  const readable = tokens.filter((token) => token < TEXT_TOKENS);
  const text = llamaTokenizer.decode(readable, false, true).trim();
  return /[\p{L}\p{N}]/u.test(text) ? text : "";
}

await hostEngine(load);
