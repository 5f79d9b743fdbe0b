import { expect, test } from "vitest";
import { parseWorkerConfig } from "../../src-main/serve/worker-config.ts";

const TOP = `
static_dir = "./static/"
log_dir = "$HOME/logs-\${NOBODY}x"
instance_name = "tts"
authorized_ids = ["public_token"]
`;
const STT = `
[modules.asr]
type = "BatchedAsr"
path = "/api/asr-streaming"
batch_size = 64
`;
const parse = (toml: string) => parseWorkerConfig(toml, { HOME: "/home/someone" });

test("a configuration as published is served, and what concerns models is named once", () => {
  const config = parse(`${TOP}${STT}
lm_model_file = "hf://owner/repo/model.safetensors"
text_tokenizer_file = "hf://owner/repo/tokenizer.model"
audio_tokenizer_file = "hf://owner/repo/mimi.safetensors"
asr_delay_in_tokens = 6
conditioning_learnt_padding = true
temperature = 0.25
colour = "blue"

[modules.asr.model]
audio_vocab_size = 2049

[modules.asr.model.transformer]
d_model = 2048

[modules.tts_py]
type = "Py"
path = "/api/tts_streaming"
batch_size = 8
text_bos_token = 1

[modules.tts_py.py]
n_q = 24
voice_folder = "hf-snapshot://owner/voices/**/*.safetensors"

[modules.voice]
type = "PyPost"
path = "/api/voice"
`);
  expect(config).toEqual({
    staticFolder: "./static/",
    logFolder: "/home/someone/logs-x",
    instanceName: "tts",
    authorizedIds: ["public_token"],
    modules: [
      { name: "asr", type: "BatchedAsr", kind: "recognition", path: "/api/asr-streaming", batchSize: 64 },
      { name: "tts_py", type: "Py", kind: "synthesis", path: "/api/tts_streaming", batchSize: 8 },
    ],
    warnings: [
      "modules that are not served: modules.voice (PyPost)",
      "keys without a meaning here, about models: modules.asr.lm_model_file, modules.asr.text_tokenizer_file, " +
        "modules.asr.audio_tokenizer_file, modules.asr.asr_delay_in_tokens, modules.asr.conditioning_learnt_padding, " +
        "modules.asr.temperature, modules.asr.model, modules.tts_py.text_bos_token, modules.tts_py.py; " +
        "unknown: modules.asr.colour",
    ],
  });
});

test.for([
  { type: "Asr", kind: "recognition" },
  { type: "BatchedAsr", kind: "recognition" },
  { type: "PyBatchedAsr", kind: "recognition" },
  { type: "Py", kind: "synthesis" },
  { type: "Tts", kind: "synthesis" },
])("$type is $kind", ({ type, kind }) => {
  const { modules, warnings } = parse(`${TOP}[modules.x]\ntype = "${type}"\npath = "/x"\n`);
  expect(modules).toEqual([{ name: "x", type, kind, path: "/x", batchSize: undefined }]);
  expect(warnings).toEqual([]);
});

test.for(["PyPost", "Lm", "Mimi", "batchedasr", "constructor"])("%s is named and left out", (type) => {
  const { modules, warnings } = parse(`${TOP}${STT}[modules.x]\ntype = "${type}"\nsend_path = "/x"\n`);
  expect(modules).toHaveLength(1);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(new RegExp(`modules\\.x \\((unknown type )?${type}\\)$`));
});

test("unknown keys at the top are named", () => {
  expect(parse(`colour = 1\n${TOP}${STT}`).warnings).toEqual(["keys without a meaning here, unknown: colour"]);
});

test.for([
  ["this is = = not", /^it is not TOML, line 1: [^\n]+$/],
  ["a = 1\na = 2", /^it is not TOML, line 2: /],
  [STT, /^static_dir is missing$/],
  [TOP.replace(/log_dir.*/, "") + STT, /^log_dir is missing$/],
  [TOP.replace('["public_token"]', '"public_token"') + STT, /^authorized_ids must be of the type array$/],
  [TOP.replace('["public_token"]', "[1]") + STT, /^authorized_ids\.0 must be of the type string$/],
  [TOP.replace('"tts"', '"../tts"') + STT, /^instance_name takes letters/],
  [TOP, /no module/],
  [`${TOP}[modules.x]\ntype = "PyPost"\npath = "/x"\n`, /no module/],
  [`${TOP}[modules.x]\npath = "/x"\n`, /^modules\.x\.type is missing$/],
  [`${TOP}[modules.x]\ntype = "Asr"\n`, /^modules\.x\.path is missing$/],
  [`${TOP}[modules.x]\ntype = "Asr"\npath = "x"\n`, /^modules\.x\.path begins with a slash$/],
  [TOP + STT.replace("64", "0"), /^modules\.asr\.batch_size is at least 1$/],
  [TOP + STT.replace("64", "1.5"), /^modules\.asr\.batch_size must be of the type int$/],
  [TOP + STT.replace("64", '"64"'), /^modules\.asr\.batch_size /],
  [TOP + STT + STT.replace("modules.asr", "modules.more"), /^modules\.asr and modules\.more have the same path$/],
  [`${TOP}modules = 3`, /^modules must be of the type (object|record)$/],
] as const)("%j is refused in one line", ([toml, message]) => {
  expect(() => parse(toml)).toThrow(message);
});
