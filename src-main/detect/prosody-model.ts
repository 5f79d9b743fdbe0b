import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import { readModel } from "../models/model-store.ts";
import type { OnnxRuntime } from "../models/onnx-session.ts";
import { PROSODY_SHAPE, prosodyFeatures } from "./prosody-features.ts";

/** The network that hears by the voice whether the speaker goes on. */
export interface ProsodyModel {
  /** `pcm`: mono at 16 kHz, up to the pause. Log-odds that all was said, without a look at the words. About 4 ms. */
  judge(pcm: Float32Array): Promise<Outcome<number>>;
  release(): Promise<void>;
}

const WARM_UP_RUNS = 2;

/** Loads the network of bench/turns/prosody. Call it in a worker. Codes: model-missing, model-corrupt. */
export async function loadProsodyModel(
  runtime: OnnxRuntime,
  modelsFolder: string | undefined,
): Promise<Outcome<ProsodyModel>> {
  const model = await readModel("prosody", modelsFolder);
  if (!model.ok) return model;
  const session = await runtime.open(model.value, 1);
  if (!session.ok) return session;
  const judge = async (pcm: Float32Array): Promise<Outcome<number>> => {
    const { log_odds } = await session.value.run({
      features: runtime.floatTensor(prosodyFeatures(pcm), PROSODY_SHAPE),
    });
    const logOdds = Number(log_odds?.data[0]);
    return Number.isFinite(logOdds)
      ? succeeded(logOdds)
      : failed("detect-failed", "detect", "the prosody model answered with something that is no number", true);
  };
  for (let run = 0; run < WARM_UP_RUNS; run++) await judge(new Float32Array(0));
  return succeeded({ judge, release: () => session.value.release() });
}
