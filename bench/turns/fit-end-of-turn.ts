import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createDetectEngine } from "../../src-main/detect/detect-engine.ts";
import { END_OF_TURN_FEATURES, endOfTurnFeatures } from "../../src-main/detect/embedded-end-of-turn-features.ts";
import { areaUnderCurve, calibration, fitLogistic, probabilityOf, type Example } from "./fit-logistic.ts";
import { evidenceOf, seenPauses } from "./fit-pauses.ts";
import type { Half } from "./set/turn-item.ts";

/** The set itself, and the same sentences with other words, voices, noises and pauses. */
const TUNE_SEEDS = ["repartee", "second", "third", "fourth"];
const PENALTY = 0.01;
/** A pause that is over before a transcript can be there decides nothing. */
const TRANSCRIPT_MS = 100;
const WEIGHTS = join(import.meta.dirname, "../../src-main/detect/embedded-end-of-turn-weights.ts");

const engine = createDetectEngine({});
const tune = (await Promise.all(TUNE_SEEDS.map((seed) => examples("tune", seed)))).flat();
const model = fitLogistic(tune, PENALTY);
writeFileSync(WEIGHTS, weightsFile());
report("tune", tune);
report("test", await examples("test"));
await engine.close();

/** One example for each pause with words that lasts long enough to matter. */
async function examples(half: Half, seed?: string): Promise<readonly Example[]> {
  const pauses = await seenPauses(half, seed);
  const found: Example[] = [];
  for (const pause of pauses) {
    const evidence = evidenceOf(pause);
    if (pause.resumedAtMs !== undefined && pause.resumedAtMs - pause.seenAtMs < TRANSCRIPT_MS) continue;
    if (!evidence || evidence.transcript.text === "") continue;
    const judged = await engine.judgeProsody(evidence.pcm, new AbortController().signal);
    if (!judged.ok) throw new Error(judged.failure.detail);
    found.push({ features: endOfTurnFeatures(evidence, judged.value), isPositive: pause.isEnd });
  }
  return found;
}

function weightsFile(): string {
  const rows = END_OF_TURN_FEATURES.map((name, index) => `    // ${name}\n    ${model.weights[index]?.toFixed(3)},\n`);
  return `/**
 * What each of END_OF_TURN_FEATURES adds to the log-odds of the end of a turn. Fitted on the half of the labelled turns that is for tuning,
 * by \`node bench/turns/fit-end-of-turn.ts\`.
 */
export const END_OF_TURN_WEIGHTS: { readonly bias: number; readonly weights: readonly number[] } = {
  bias: ${model.bias.toFixed(3)},
  weights: [
${rows.join("")}  ],
};
`;
}

function report(half: Half, all: readonly Example[]): void {
  const scored = all.map(({ features, isPositive }) => ({ probability: probabilityOf(model, features), isPositive }));
  const ends = all.filter(({ isPositive }) => isPositive).length;
  console.log(
    `${half}: ${all.length} pauses, ${ends} of them ends, area under the curve ${areaUnderCurve(scored).toFixed(3)}`,
  );
  for (const { count, said, was } of calibration(scored)) {
    console.log(`  ${count} pauses: said ${said.toFixed(2)}, was ${was.toFixed(2)}`);
  }
}
