import { expect, test } from "vitest";
import { failed, succeeded, type Failure, type Outcome } from "../../src-shared/failure.ts";
import { ChosenEndOfTurn } from "../../src-main/detect/chosen-end-of-turn.ts";
import type { EndOfTurnPredictor, PauseEvidence } from "../../src-main/turn/ports.ts";

const EVIDENCE: PauseEvidence = {
  pcm: new Float32Array(),
  speechEndSample: 0,
  transcript: { text: "yes", tokens: [], tokenLogProbabilities: [], elapsedMs: 0 },
};
const SIGNAL = new AbortController().signal;

function predictor(answer: () => Outcome<number>, calls: string[], name: string): EndOfTurnPredictor {
  return {
    begin: () => void calls.push(`${name} begin`),
    hear: () => void calls.push(`${name} hear`),
    predict: async () => answer(),
    close: async () => void calls.push(`${name} close`),
  };
}

function chosen(choice: () => string, smartTurn: () => Outcome<number>) {
  const calls: string[] = [];
  const failures: (Failure | undefined)[] = [];
  const clock = { nowMs: 0 };
  const end = new ChosenEndOfTurn({
    embedded: predictor(() => succeeded(0.1), calls, "embedded"),
    choice: () => ({ name: choice() }),
    create: ({ name }) =>
      name === "embedded"
        ? undefined
        : predictor(name === "smart-turn" ? smartTurn : () => succeeded(0.3), calls, name),
    onChange: (failure) => failures.push(failure),
    nowMs: () => clock.nowMs,
  });
  return { end, calls, failures, clock };
}

test("the choice counts from the next frame on, and what is not needed any more is closed", async () => {
  let choice = "embedded";
  const { end, calls } = chosen(
    () => choice,
    () => succeeded(0.2),
  );
  end.begin();
  expect(await end.predict(EVIDENCE, SIGNAL)).toEqual(succeeded(0.1));
  choice = "smart-turn";
  end.begin();
  end.hear(new Float32Array(512));
  expect(await end.predict(EVIDENCE, SIGNAL)).toEqual(succeeded(0.2));
  choice = "turn-1-mini";
  end.hear(new Float32Array(512));
  expect(await end.predict(EVIDENCE, SIGNAL)).toEqual(succeeded(0.3));
  expect(calls).toEqual([
    "embedded begin",
    "embedded begin",
    "smart-turn begin",
    "embedded hear",
    "smart-turn hear",
    "embedded hear",
    "smart-turn close",
    "turn-1-mini hear",
  ]);
  await end.close();
  expect(calls.slice(-2)).toEqual(["embedded close", "turn-1-mini close"]);
});

test("a model that cannot be used is told, the embedded predictor answers, and after 30 s it is tried again", async () => {
  let answer: Outcome<number> = failed("model-missing", "models", "run repartee models get smart-turn");
  const { end, failures, clock } = chosen(
    () => "smart-turn",
    () => answer,
  );
  const predict = async () => {
    end.begin();
    return end.predict(EVIDENCE, SIGNAL);
  };
  expect(await predict()).toEqual(succeeded(0.1));
  expect(await predict()).toEqual(succeeded(0.1));
  expect(failures.map((reason) => reason?.code)).toEqual(["model-missing"]);
  answer = succeeded(0.2);
  clock.nowMs = 29_999;
  expect(await predict()).toEqual(succeeded(0.1));
  clock.nowMs = 30_000;
  expect(await predict()).toEqual(succeeded(0.2));
  expect(failures.map((reason) => reason?.code)).toEqual(["model-missing", undefined]);
});
