import { spawnSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

/** A file that breaks one rule, and only that one. */
interface Violation {
  readonly file: string;
  readonly code: string;
  readonly rule: string;
  /** Part of the complaint. */
  readonly says?: string;
}

const ROOT = resolve(import.meta.dirname, "../..");
const OXLINT = join(ROOT, "node_modules", ".bin", "oxlint");
const IMPORTS = "house(imports)";

const VIOLATIONS: readonly Violation[] = [
  // What may import what.
  imports("src-shared/planted-a.ts", "../src-main/turn/ports.ts"),
  imports("src-shared/planted-b.ts", "node:fs", "Node's node:fs"),
  imports("src-shared/planted-c.ts", "react", "package react"),
  imports("src-shared/planted-d.ts", "../src-renderer/strings.ts"),
  imports("src-main/turn/planted-a.ts", "node:timers", "Node's node:timers"),
  imports("src-main/turn/planted-b.ts", "../session-clock.ts"),
  imports("src-main/turn/planted-c.ts", "zod", "package zod"),
  imports("src-main/turn/planted-d.ts", "../speak/word-ends.ts"),
  ...["capture", "detect", "transcribe", "respond", "speak", "play"].flatMap((stage, index, stages) => {
    const other = stages[(index + 1) % stages.length] as string;
    return [
      imports(`src-main/${stage}/planted-a.ts`, `../${other}/planted.ts`),
      imports(`src-main/${stage}/planted-b.ts`, "../compose.ts"),
      imports(`src-main/${stage}/planted-c.ts`, "onnxruntime-node", "package onnxruntime-node"),
      imports(`src-main/${stage}/planted-d.ts`, "electron", "package electron"),
      imports(`src-main/${stage}/planted-e.ts`, "../turn/machine.ts"),
      imports(`src-main/${stage}/planted-f.ts`, "../window/browser-shell.ts"),
    ];
  }),
  imports("src-main/models/planted-a.ts", "onnxruntime-node", "package onnxruntime-node"),
  imports("src-main/models/planted-b.ts", "../speak/planted.ts"),
  imports("src-main/planted-a.ts", "./speak/flite-synthesizer.ts"),
  imports("src-main/planted-b.ts", "./compose.ts"),
  imports("src-main/compose.ts", "onnxruntime-node", "package onnxruntime-node"),
  imports("src-main/index.ts", "./speak/flite-synthesizer.ts"),
  imports("src-main/cli/planted-a.ts", "onnxruntime-node", "package onnxruntime-node"),
  imports("src-main/cli/planted-b.ts", "../../src-renderer/strings.ts"),
  imports("src-main/window/planted-a.ts", "../compose.ts"),
  imports("src-main/window/planted-b.ts", "electron", "package electron"),
  imports("src-renderer/planted-a.ts", "electron", "package electron"),
  imports("src-renderer/planted-b.ts", "node:path", "Node's node:path"),
  imports("src-renderer/planted-c.ts", "../src-main/turn/ports.ts"),
  imports("src-renderer/planted-d.ts", "zod", "package zod"),
  imports("src-preload/planted-a.ts", "../src-main/turn/ports.ts"),
  imports("src-preload/planted-b.ts", "node:fs", "Node's node:fs"),
  // However the import is written.
  { file: "src-shared/planted-e.ts", code: 'import type { A } from "../src-main/a.ts";\n', rule: IMPORTS },
  { file: "src-shared/planted-f.ts", code: 'export * from "../src-main/a.ts";\n', rule: IMPORTS },
  { file: "src-shared/planted-g.ts", code: 'export { a } from "../src-main/a.ts";\n', rule: IMPORTS },
  { file: "src-shared/planted-h.ts", code: 'await import("../src-main/a.ts");\n', rule: IMPORTS },
  { file: "src-shared/planted-i.ts", code: 'import "../src-main/a.ts";\n', rule: IMPORTS },
  { file: "src-shared/planted-j.ts", code: 'let a: import("../src-main/a.ts").A;\nvoid a;\n', rule: IMPORTS },
  imports("src-shared/planted-k.ts", "./failure", "without its extension"),
  // No platform and no clock where time comes in through ports.
  ...["Date.now()", "performance.now()", "setTimeout(() => undefined, 1)", 'console.log("")', "process.exit()"].flatMap(
    (code, index) =>
      ["src-shared", "src-main/turn"].map((folder) => ({
        file: `${folder}/planted-clock-${index}.ts`,
        code: `${code};\n`,
        rule: "eslint(no-restricted-globals)",
      })),
  ),
  { file: "src-main/turn/planted-chance.ts", code: "Math.random();\n", rule: "eslint(no-restricted-properties)" },
  // Names, sizes, descriptions.
  ...["manager", "helper", "utils", "handler", "services", "common", "misc", "base", "impl"].map((word) => ({
    file: `src-main/planted-${word}.ts`,
    code: "",
    rule: "house(names)",
  })),
  { file: "src-main/planted-class.ts", code: "class TurnManager {}\nvoid TurnManager;\n", rule: "house(names)" },
  { file: "src-main/planted-type.ts", code: described("type PlayerImpl = 1;"), rule: "house(names)" },
  { file: "src-main/plantedCase.ts", code: "", rule: "unicorn(filename-case)" },
  { file: "src-main/PlantedPascal.ts", code: "", rule: "unicorn(filename-case)" },
  { file: "src-main/planted-long.ts", code: "void 0;\n".repeat(301), rule: "eslint(max-lines)" },
  {
    file: "src-renderer/planted-worklet.ts",
    code: `import * as it from "./planted.ts";\n${"void it;\n".repeat(26)}`,
    rule: "house(worklet-shell)",
  },
  { file: "src-main/planted-default.ts", code: "/** It. */\nexport default 1;\n", rule: "import(no-default-export)" },
  ...["function f(): void {}", "class A {}", "const a = 1;", "interface A {}", "type A = 1;"].map((code, index) => ({
    file: `src-main/planted-undescribed-${index}.ts`,
    code: `// Not a description.\nexport ${code}\n`,
    rule: "house(docstrings)",
  })),
  // What only the types can tell.
  {
    file: "src-main/planted-floating.ts",
    code: `${described("async function f(): Promise<void> {}")}f();\n`,
    rule: "typescript(no-floating-promises)",
  },
  {
    file: "src-main/planted-switch.ts",
    code: described('function f(a: "x" | "y"): void {\n  switch (a) {\n    case "x":\n      f("y");\n  }\n}'),
    rule: "typescript(switch-exhaustiveness-check)",
  },
  { file: "src-main/planted-any.ts", code: described("const a: any = 1;"), rule: "typescript(no-explicit-any)" },
  { file: "src-main/planted-console.ts", code: 'console.log("");\n', rule: "eslint(no-console)" },
];

const CLEAN: Readonly<Record<string, string>> = {
  "src-shared/clean.ts": 'import { z } from "zod";\nimport { failed } from "./failure.ts";\nvoid [z, failed];\n',
  "src-main/turn/clean.ts": 'import type { Turn } from "./ports.ts";\nconst turns: Turn[] = [];\nvoid turns;\n',
  "src-main/models/onnx-session.ts": 'import ort from "onnxruntime-node";\nvoid ort;\n',
  "src-main/speak/clean.ts":
    'import fs from "node:fs";\nimport { nowMs } from "../session-clock.ts";\nvoid [fs, nowMs];\n',
  "src-main/window/electron-clean.ts": 'import { app } from "electron";\nvoid app;\n',
  "src-main/clean.ts": described("function parseBaseUrl(): void {}"),
  "src-main/clean-long.ts": "void 0;\n".repeat(300),
  "src-renderer/clean-worklet.ts": `import * as it from "./clean.ts";\n// Comments and imports do not count.\n${"void it;\n".repeat(25)}`,
};

let folder: string;
let found: Map<string, { rule: string; message: string }[]>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "repartee-boundaries-"));
  for (const name of [".oxlintrc.json", "scripts/lint", ...globSync("tsconfig*.json", { cwd: ROOT })]) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"), "dir");
  const files = [...VIOLATIONS.map(({ file, code }) => [file, code] as const), ...Object.entries(CLEAN)];
  for (const [file, code] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), code);
  }
  found = lint(folder);
});

afterAll(() => rmSync(folder, { recursive: true }));

test.each(VIOLATIONS)("$file is refused by $rule", ({ file, rule, says = "" }) => {
  const complaints = found.get(file)?.filter((complaint) => complaint.rule === rule) ?? [];
  expect(complaints.map(({ message }) => message)).toContainEqual(expect.stringContaining(says));
});

test.each(Object.keys(CLEAN))("%s is accepted", (file) => {
  expect(found.get(file) ?? []).toEqual([]);
});

test("the linter looks at every source file", () => {
  const { stdout } = spawnSync(OXLINT, ["--debug=files"], { cwd: ROOT, encoding: "utf8" });
  const sources = globSync("src-*/**/*.{ts,tsx}", { cwd: ROOT });
  expect(sources.length).toBeGreaterThan(50);
  expect(sources.filter((source) => !stdout.includes(source))).toEqual([]);
});

test("every source file belongs to a compiler project that has its own environment", () => {
  const { references } = JSON.parse(readFileSync(join(ROOT, "tsconfig.json"), "utf8")) as {
    references: { path: string }[];
  };
  const check = (JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> })
    .scripts["check:types"];
  const tsc = join(ROOT, "node_modules", ".bin", "tsc");
  const compiled = new Set<string>();
  for (const { path } of references) {
    expect(check).toContain(path.replace("./", ""));
    const { stdout } = spawnSync(tsc, ["-p", path, "--listFilesOnly"], { cwd: ROOT, encoding: "utf8" });
    for (const line of stdout.split("\n")) compiled.add(line.trim());
    expect(stdout).toContain("src-shared/failure.ts");
  }
  const sources = globSync("{src-*,test,bench}/**/*.{ts,tsx}", { cwd: ROOT }).map((source) => join(ROOT, source));
  expect(sources.filter((source) => !compiled.has(source))).toEqual([]);
});

function imports(file: string, specifier: string, says = "may not import"): Violation {
  return { file, code: `import * as planted from "${specifier}";\nvoid planted;\n`, rule: IMPORTS, says };
}

function described(declaration: string): string {
  return `/** It. */\nexport ${declaration}\n`;
}

function lint(cwd: string): Map<string, { rule: string; message: string }[]> {
  const flags = ["--type-aware", "--format", "json", "src-shared", "src-main", "src-renderer", "src-preload"];
  const { stdout, stderr } = spawnSync(OXLINT, flags, { cwd, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (!stdout.startsWith("{")) throw new Error(`oxlint said: ${stdout}${stderr}`);
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { filename: string; code: string; message: string }[] };
  return Map.groupBy(
    diagnostics.map(({ code, message, filename }) => ({ rule: code, message, filename })),
    ({ filename }) => filename,
  );
}
