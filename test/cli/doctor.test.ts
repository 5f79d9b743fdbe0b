import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { modelManifest } from "../../src-main/models/model-manifest.ts";
import { runRepartee, testFolder } from "./run-repartee.ts";

interface Finding {
  readonly level: "ok" | "warning" | "failure";
  readonly what: string;
  readonly detail: string;
}

test("everything that is needed is here and works", { timeout: 60_000 }, async () => {
  const home = testFolder();
  writeFileSync(join(home, "settings.json"), '{ "voice": 7 }');
  const run = await runRepartee(["doctor", "--json", "--settings-dir", home]);
  expect(run).toMatchObject({ exitCode: 0, stderr: "" });
  const { findings } = JSON.parse(run.stdout) as { findings: Finding[] };
  expect(findings.filter(({ level }) => level === "failure")).toEqual([]);
  const find = (what: string): Finding | undefined => findings.find((finding) => finding.what === what);
  for (const { id, sha256 } of modelManifest) expect(find(`model ${id}`)?.detail).toContain(sha256);
  for (const what of ["repartee", "node", "onnxruntime"]) expect(find(what)?.detail).toMatch(/^v?\d+\.\d+\.\d+/);
  expect(find("self-test")).toMatchObject({ level: "ok", detail: expect.stringContaining("systems are working") });
  expect(find("settings")).toMatchObject({ level: "warning", detail: expect.stringContaining("voice") });
  for (const what of ["microphones", "speakers", "electron", "browser", "loopback", "disk"]) {
    expect(find(what)?.detail).toMatch(/./);
  }
});
