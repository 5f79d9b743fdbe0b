/** Something measured, and whether it was what is looked for. */
export interface Example {
  readonly features: readonly number[];
  readonly isPositive: boolean;
}

/** Probability: 1 / (1 + exp(-(bias + features . weights))). */
export interface LogisticModel {
  readonly bias: number;
  readonly weights: readonly number[];
}

const ROUNDS = 2_000;
const STEP = 0.8;

/** Fits by gradient descent on standardized features. `penalty`: of the squared weights, against chance. The same for the same examples. */
export function fitLogistic(examples: readonly Example[], penalty: number): LogisticModel {
  const count = examples.length;
  const size = (examples[0] as Example).features.length;
  const columns = Array.from({ length: size }, (_, column) =>
    examples.map(({ features }) => features[column] as number),
  );
  const means = columns.map((column) => sum(column) / count);
  const spreads = columns.map(
    (column, index) => Math.sqrt(sum(column.map((value) => (value - (means[index] as number)) ** 2)) / count) || 1,
  );
  const rows = examples.map(({ features }) =>
    features.map((value, index) => (value - (means[index] as number)) / (spreads[index] as number)),
  );
  let model: LogisticModel = { bias: 0, weights: Array.from({ length: size }, () => 0) };
  for (let round = 0; round < ROUNDS; round++) {
    const errors = rows.map(
      (row, index) => probabilityOf(model, row) - Number((examples[index] as Example).isPositive),
    );
    const { weights } = model;
    model = {
      bias: model.bias - (STEP * sum(errors)) / count,
      weights: weights.map((weight, column) => {
        const slope = sum(errors.map((error, index) => error * ((rows[index] as readonly number[])[column] as number)));
        return weight - STEP * (slope / count + penalty * weight);
      }),
    };
  }
  const weights = model.weights.map((weight, index) => weight / (spreads[index] as number));
  return { bias: model.bias - sum(weights.map((weight, index) => weight * (means[index] as number))), weights };
}

/** In (0, 1). */
export function probabilityOf({ bias, weights }: LogisticModel, features: readonly number[]): number {
  return 1 / (1 + Math.exp(-weights.reduce((so, weight, index) => so + weight * (features[index] as number), bias)));
}

/** How often a positive gets more than a negative one: 0.5 by chance, 1 at best. */
export function areaUnderCurve(
  scored: readonly { readonly probability: number; readonly isPositive: boolean }[],
): number {
  const positive = scored.filter(({ isPositive }) => isPositive);
  const negative = scored.filter(({ isPositive }) => !isPositive);
  const wins = positive.map(({ probability: p }) =>
    sum(negative.map(({ probability: other }) => (p > other ? 1 : p === other ? 0.5 : 0))),
  );
  return sum(wins) / (positive.length * negative.length);
}

/** What is said against what is: for each fifth of the probability range, how many, the mean probability and the share of positives. */
export function calibration(
  scored: readonly { readonly probability: number; readonly isPositive: boolean }[],
): readonly { readonly count: number; readonly said: number; readonly was: number }[] {
  return [0, 0.2, 0.4, 0.6, 0.8].map((low) => {
    const inside = scored.filter(({ probability }) => probability >= low && (probability < low + 0.2 || low === 0.8));
    const count = inside.length;
    const said = sum(inside.map(({ probability }) => probability)) / count;
    return { count, said, was: inside.filter(({ isPositive }) => isPositive).length / count };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((so, value) => so + value, 0);
}
