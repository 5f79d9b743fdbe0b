import { copyFile, mkdir, mkdtemp, open, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSileroDetector } from "../../src-main/detect/silero-detector.ts";
import { modelEntry, modelManifest } from "../../src-main/models/model-manifest.ts";
import { modelsFolder, readModel } from "../../src-main/models/model-store.ts";
import { createFliteSynthesizer } from "../../src-main/speak/flite-synthesizer.ts";
import { createMoonshineTranscriber } from "../../src-main/transcribe/moonshine-transcriber.ts";
import { createSoundswallowerAligner } from "../../src-main/transcribe/soundswallower-aligner.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "repartee-models-"));
  for (const { id, file } of modelManifest) {
    const stored = await readModel(id, undefined);
    if (!stored.ok) throw new Error(stored.failure.detail);
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await copyFile(stored.value.path, join(folder, file));
  }
});

afterAll(() => rm(folder, { recursive: true }));

async function flipByte(path: string, position: number): Promise<void> {
  const file = await open(path, "r+");
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, position);
  buffer[0] = (buffer[0] as number) ^ 1;
  await file.write(buffer, 0, 1, position);
  await file.close();
}

test.each(modelManifest.map(({ id }) => id))(
  "%s is what the manifest says, in its package and in a folder",
  async (id) => {
    for (const where of [undefined, folder]) {
      const stored = await readModel(id, where);
      expect(stored.ok && stored.value.bytes.length).toBe(modelEntry(id).bytes);
    }
  },
);

test("a flipped byte makes every engine answer model-corrupt, naming the file and the way to mend it", async () => {
  const engines = [
    { create: createSileroDetector, file: "silero_vad_v6.onnx" },
    { create: createSileroDetector, file: "prosody.onnx" },
    { create: createMoonshineTranscriber, file: "moonshine-tiny/decoder_model_merged.onnx" },
    { create: createFliteSynthesizer, file: "flite.wasm" },
    { create: createSoundswallowerAligner, file: "soundswallower/en-us/mdef" },
  ];
  for (const { create, file } of engines) {
    await flipByte(join(folder, file), 1000);
    const engine = create({ modelsFolder: folder });
    const ready = await engine.ready;
    await engine.close();
    await flipByte(join(folder, file), 1000);
    expect(ready).toMatchObject({ ok: false, failure: { code: "model-corrupt", stage: "models" } });
    expect(JSON.stringify(ready)).toContain(file);
    expect(JSON.stringify(ready)).toContain("reinstall Repartee");
  }
});

test("a file that is too short is model-corrupt, and one that is not there model-missing", async () => {
  const path = join(folder, "silero_vad_v6.onnx");
  await truncate(path, 100);
  const short = await readModel("silero-vad", folder);
  expect(short).toMatchObject({ ok: false, failure: { code: "model-corrupt" } });
  expect(JSON.stringify(short)).toContain("100 bytes instead of 2327524");
  await rm(path);
  const detector = createSileroDetector({ modelsFolder: folder });
  expect(await detector.ready).toMatchObject({ ok: false, failure: { code: "model-missing" } });
  expect(await detector.detect(new Float32Array(512))).toMatchObject({ ok: false, failure: { code: "model-missing" } });
  await detector.close();
});

test("REPARTEE_MODELS names the folder of the model files", () => {
  const before = process.env["REPARTEE_MODELS"];
  process.env["REPARTEE_MODELS"] = folder;
  expect(modelsFolder()).toBe(folder);
  if (before === undefined) delete process.env["REPARTEE_MODELS"];
  else process.env["REPARTEE_MODELS"] = before;
});
