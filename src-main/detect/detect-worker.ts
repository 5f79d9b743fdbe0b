import { succeeded, type Outcome } from "../../src-shared/failure.ts";
import { hostEngine, type Engine } from "../models/engine-host.ts";
import { loadOnnxRuntime } from "../models/onnx-session.ts";
import type { DetectRequest } from "./detect-engine.ts";
import { loadProsodyModel } from "./prosody-model.ts";
import { loadSileroModel } from "./silero-model.ts";

async function load(data: { modelsFolder: string | undefined }): Promise<Outcome<Engine<DetectRequest, Float32Array>>> {
  const runtime = await loadOnnxRuntime();
  if (!runtime.ok) return runtime;
  const silero = await loadSileroModel(runtime.value, data.modelsFolder);
  if (!silero.ok) return silero;
  const prosody = await loadProsodyModel(runtime.value, data.modelsFolder);
  if (!prosody.ok) return prosody;
  return succeeded({
    async answer(request) {
      switch (request.kind) {
        case "frames":
          return silero.value.detect(request.streamId, request.frames);
        case "end-stream":
          silero.value.end(request.streamId);
          return succeeded(new Float32Array());
        case "prosody": {
          const judged = await prosody.value.judge(request.pcm);
          return judged.ok ? succeeded(Float32Array.of(judged.value)) : judged;
        }
      }
    },
    close: async () => {
      await Promise.all([silero.value.release(), prosody.value.release()]);
    },
  });
}

await hostEngine(load);
