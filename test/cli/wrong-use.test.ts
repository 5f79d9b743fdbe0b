import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { wavBytes, type WavShape } from "../fixtures/wav-bytes.ts";
import { expectOneLine } from "./expect-one-line.ts";
import { runRepartee, testFolder } from "./run-repartee.ts";

const FORMAT: WavShape = { encoding: "int", bits: 16, channels: 1, sampleRateHz: 16_000 };
const HALF_A_SECOND = wavBytes(new Float32Array(8_000), FORMAT);

test.for([
  [["--wrong"], "--wrong"],
  [["tlak"], "tlak"],
  [["talk"], "--in"],
  [["talk", "--in"], "--in"],
  [["talk", "--in", "a.wav", "--wrong"], "--wrong"],
  [["talk", "--in", "-", "--rate", "fast"], "8000 to 192000"],
  [["talk", "--in", "a.wav", "--stereo"], "--stereo needs --out"],
  [["talk", "--in", "a.wav", "--out", "x.wav", "--report", "./x.wav"], "the same"],
  [["talk", "--in", "a.wav", "--out", ""], "path of a file"],
  [["transcribe"], "file"],
  [["transcribe", "a.wav", "b.wav"], "too many arguments"],
  [["say"], "text"],
  [["say", "hello", "--voice", "nobody"], "slt, kal"],
  [["say", "hello", "--rate", "9"], "0.5 to 2"],
  [["doctor", "--please"], "--please"],
  [["window", "--port", "70000"], "65535"],
  [["serve", "--port", "70000"], "65535"],
  [["serve", "--addr", "nowhere"], "IP address"],
  [["serve", "--log", "loud"], "trace"],
  [["serve", "--api-key", ""], "It is empty"],
  [["serve", "--max-message-bytes", "many"], "whole number"],
  [["stdio", "--eof-drain-frames", "-2"], "-1 to 1000000"],
  [["stdio", "--max-payload-bytes", "0"], "whole number"],
  [["worker"], "--config"],
  [["worker", "validate"], "configs"],
] as const)("wrong use %j is one line and exit code 2", async ([args, named]) => {
  const run = await runRepartee(args);
  expectOneLine(run, 2);
  expect(run.stderr).toContain(named);
});

test.for([[], ["talk"], ["transcribe"], ["say"], ["doctor"], ["window"], ["stdio"], ["serve"], ["worker"]])(
  "help of %j has examples",
  async (args) => {
    const run = await runRepartee([...args, "--help"]);
    expect(run.stderr).toBe("");
    expect(run.stdout).toMatch(/^Usage: repartee/);
    expect(run.stdout).toMatch(/Examples?:\n {2}repartee/);
    expect(run.stdout).toContain("--settings-dir");
    expect(run.exitCode).toBe(0);
  },
);

test("the version is printed", async () => {
  const run = await runRepartee(["--version"]);
  expect(run.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(run.exitCode).toBe(0);
});

test.for(["transcribe", "talk"])("%s says in one line why a file cannot be used", async (command) => {
  const folder = testFolder();
  const file = (name: string, bytes: Uint8Array | string): string => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const cases = [
    ["input-missing", join(folder, "none.wav")],
    ["input-empty", file("empty.wav", "")],
    ["input-empty", file("no-samples.wav", wavBytes(new Float32Array(0), FORMAT))],
    ["input-unreadable", file("text.wav", "Dear diary,\n".repeat(100))],
    ["input-unreadable", folder],
  ] as const;
  const before = readdirSync(folder);
  for (const [code, path] of cases) {
    const args = command === "talk" ? ["talk", "--out", join(folder, "out.wav"), "--in", path] : [command, path];
    const run = await runRepartee(args);
    expectOneLine(run, 1);
    expect(run.stderr).toContain(`repartee: ${code}: `);
    expect(run.stderr).toContain(path);
  }
  expect(readdirSync(folder)).toEqual(before);
});

test.for([
  ["talk", "--in", "sound.wav", "--out"],
  ["talk", "--in", "sound.wav", "--report"],
  ["say", "Hello.", "--out"],
])("%j finds an unwritable file before anything starts", async (args) => {
  const folder = testFolder();
  const sound = join(folder, "sound.wav");
  writeFileSync(sound, HALF_A_SECOND);
  for (const path of [join(folder, "none", "out.wav"), folder, "/dev/null"]) {
    const run = await runRepartee([...args.map((arg) => arg.replace("sound.wav", sound)), path]);
    expectOneLine(run, 1);
    expect(run.stderr).toContain("repartee: output-unwritable: ");
    expect(run.stderr).toContain(path);
  }
  expect(readdirSync(folder)).toEqual(["sound.wav"]);
});

test.for(["", "   \n", "🙂"])("there is nothing to say in %j", async (text) => {
  const folder = testFolder();
  const run = await runRepartee(["say", "-", "--out", join(folder, "out.wav")], { input: Buffer.from(text) });
  expectOneLine(run, 1);
  expect(run.stderr).toContain("input-empty");
  expect(readdirSync(folder)).toEqual([]);
});
