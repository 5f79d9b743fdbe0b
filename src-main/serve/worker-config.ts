import { parse } from "smol-toml";
import { z } from "zod";

/** What each type of module is here. A type that is not in the list is one that nobody knows. */
const MODULE_TYPES = {
  Asr: "recognition",
  BatchedAsr: "recognition",
  PyBatchedAsr: "recognition",
  Py: "synthesis",
  Tts: "synthesis",
  PyPost: "not served",
  Lm: "not served",
  Mimi: "not served",
} as const;

/** Keys of modules that concern models we do not have. */
const MODEL_KEYS = new Set([
  "asr_delay_in_tokens",
  "audio_tokenizer_file",
  "auth_recv",
  "conditioning_delay",
  "conditioning_learnt_padding",
  "dtype_override",
  "generation",
  "lm_model_file",
  "log_frequency_s",
  "model",
  "py",
  "recv_path",
  "script",
  "send_path",
  "speaker_tokenizer_file",
  "temperature",
  "text_bos_token",
  "text_tokenizer_file",
  "voice_dir",
  "voices",
]);
const TOP_KEYS = new Set(["static_dir", "log_dir", "instance_name", "authorized_ids", "modules"]);

const configSchema = z.looseObject({
  static_dir: z.string(),
  log_dir: z.string(),
  instance_name: z.string().regex(/^[\w.-]+$/, "takes letters, digits, dots, dashes and underscores"),
  authorized_ids: z.array(z.string()),
  modules: z
    .record(
      z.string(),
      z.looseObject({
        type: z.string(),
        path: z.string().startsWith("/", "begins with a slash").optional(),
        batch_size: z.int().min(1, "is at least 1").max(10_000, "is at most 10000").optional(),
      }),
    )
    .default({}),
});

/** A module that can be served. */
export interface WorkerModule {
  readonly name: string;
  readonly type: keyof typeof MODULE_TYPES;
  readonly kind: "recognition" | "synthesis";
  readonly path: string;
  /** Channels at once, where the file says. */
  readonly batchSize: number | undefined;
}

/** What a configuration of moshi-server means here. */
export interface WorkerConfig {
  readonly staticFolder: string;
  readonly logFolder: string;
  readonly instanceName: string;
  /** The keys that let a client in; with none, nobody. */
  readonly authorizedIds: readonly string[];
  readonly modules: readonly WorkerModule[];
  /** In one line each: modules that are not served, and keys without a meaning here. */
  readonly warnings: readonly string[];
}

/**
 * Reads a configuration of moshi-server, in TOML. Models are not loaded: what is said about them is named in one warning. Throws an error that
 * says in one line what is wrong: not TOML, a key that is missing or of the wrong type, nothing to serve.
 */
export function parseWorkerConfig(
  toml: string,
  environment: Readonly<Record<string, string | undefined>>,
): WorkerConfig {
  const parsed = configSchema.safeParse(parseToml(toml));
  if (!parsed.success) throw new Error(firstIssue(parsed.error));
  const { static_dir, log_dir, instance_name, authorized_ids, modules } = parsed.data;
  const served: WorkerModule[] = [];
  const notServed: string[] = [];
  const modelKeys: string[] = [];
  const unknownKeys = Object.keys(parsed.data).filter((key) => !TOP_KEYS.has(key));
  for (const [name, { type, path, batch_size, ...others }] of Object.entries(modules)) {
    const kind = Object.hasOwn(MODULE_TYPES, type) ? MODULE_TYPES[type as keyof typeof MODULE_TYPES] : "unknown";
    if (kind === "unknown" || kind === "not served") {
      notServed.push(`modules.${name} (${kind === "unknown" ? "unknown type " : ""}${type})`);
      continue;
    }
    if (path === undefined) throw new Error(`modules.${name}.path is missing`);
    const other = served.find((one) => one.path === path);
    if (other) throw new Error(`modules.${other.name} and modules.${name} have the same path`);
    served.push({ name, type: type as keyof typeof MODULE_TYPES, kind, path, batchSize: batch_size });
    for (const key of Object.keys(others))
      (MODEL_KEYS.has(key) ? modelKeys : unknownKeys).push(`modules.${name}.${key}`);
  }
  if (served.length === 0) throw new Error("there is no module in it that can be served");
  const ignored = [
    ...(modelKeys.length > 0 ? [`about models: ${modelKeys.join(", ")}`] : []),
    ...(unknownKeys.length > 0 ? [`unknown: ${unknownKeys.join(", ")}`] : []),
  ];
  return {
    staticFolder: expandVariables(static_dir, environment),
    logFolder: expandVariables(log_dir, environment),
    instanceName: instance_name,
    authorizedIds: authorized_ids,
    modules: served,
    warnings: [
      ...(notServed.length > 0 ? [`modules that are not served: ${notServed.join(", ")}`] : []),
      ...(ignored.length > 0 ? [`keys without a meaning here, ${ignored.join("; ")}`] : []),
    ],
  };
}

/** `$NAME` and `${NAME}` become what the environment says, or nothing. */
function expandVariables(text: string, environment: Readonly<Record<string, string | undefined>>): string {
  return text.replaceAll(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (_, braced?: string, bare?: string) => environment[braced ?? bare ?? ""] ?? "",
  );
}

function parseToml(toml: string): unknown {
  try {
    return parse(toml);
  } catch (error) {
    const what = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : "";
    const line = (error as { readonly line?: number }).line;
    throw new Error(`it is not TOML${line === undefined ? "" : `, line ${line}`}: ${what}`, { cause: error });
  }
}

function firstIssue({ issues: [issue] }: z.ZodError): string {
  const key = issue?.path.join(".") ?? "";
  if (issue?.code === "invalid_type" && issue.message.endsWith("received undefined")) return `${key} is missing`;
  const what = issue?.code === "invalid_type" ? `must be of the type ${issue.expected}` : (issue?.message ?? "");
  return `${key} ${what}`;
}
