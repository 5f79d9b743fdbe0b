import { expect, test } from "vitest";
import { failed, succeeded, type Failure, type Outcome } from "../../src-shared/failure.ts";
import type { Settings } from "../../src-shared/settings.ts";
import { ChosenEndOfTurn } from "../../src-main/detect/chosen-end-of-turn.ts";
import type { EndOfTurnPredictor, PauseEvidence } from "../../src-main/turn/ports.ts";

const EVIDENCE: PauseEvidence = {
  pcm: new Float32Array(),
  speechEndSample: 0,
  transcript: { text: "yes", tokens: [], tokenLogProbabilities: [], elapsedMs: 0 },
};
const SIGNAL = new AbortController().signal;

function predictor(answer: Outcome<number>, calls: string[], name: string): EndOfTurnPredictor {
  return {
    begin: () => void calls.push(`${name} begin`),
    hear: () => void calls.push(`${name} hear`),
    predict: async () => answer,
    close: async () => void calls.push(`${name} close`),
  };
}

function chosen(choice: () => Settings["endOfTurn"], smartTurn: Outcome<number>) {
  const calls: string[] = [];
  const failures: (Failure | undefined)[] = [];
  const end = new ChosenEndOfTurn({
    choice,
    create: {
      embedded: () => predictor(succeeded(0.1), calls, "embedded"),
      "smart-turn": () => predictor(smartTurn, calls, "smart-turn"),
      "turn-1-mini": () => predictor(succeeded(0.3), calls, "turn-1-mini"),
    },
    onChange: (failure) => failures.push(failure),
  });
  return { end, calls, failures };
}

test("the choice counts from the next utterance on, and what is not needed any more is closed", async () => {
  let choice: Settings["endOfTurn"] = "embedded";
  const { end, calls } = chosen(() => choice, succeeded(0.2));
  end.begin();
  expect(await end.predict(EVIDENCE, SIGNAL)).toEqual(succeeded(0.1));
  choice = "smart-turn";
  end.begin();
  end.hear(new Float32Array(512));
  expect(await end.predict(EVIDENCE, SIGNAL)).toEqual(succeeded(0.2));
  choice = "turn-1-mini";
  end.begin();
  expect(await end.predict(EVIDENCE, SIGNAL)).toEqual(succeeded(0.3));
  expect(calls).toEqual([
    "embedded begin",
    "embedded begin",
    "smart-turn begin",
    "embedded hear",
    "smart-turn hear",
    "smart-turn close",
    "embedded begin",
    "turn-1-mini begin",
  ]);
});

test("a model that cannot be used is told once, and the embedded predictor answers", async () => {
  const missing = failed("model-missing", "models", "run repartee models get smart-turn");
  const { end, failures } = chosen(() => "smart-turn", missing);
  end.begin();
  expect(await end.predict(EVIDENCE, SIGNAL)).toEqual(succeeded(0.1));
  end.begin();
  expect(await end.predict(EVIDENCE, SIGNAL)).toEqual(succeeded(0.1));
  expect(failures.map((reason) => reason?.code)).toEqual([undefined, "model-missing"]);
});
