import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { ENTRY } from "../fixtures/entry.ts";
import { expectOneLine } from "./expect-one-line.ts";
import { runRepartee, testFolder, type CommandRun } from "./run-repartee.ts";

/** Runs a command that serves, does something with its address once it says it, and tells it to end. */
async function whileServing(
  args: readonly string[],
  use: (url: string, told: (signal: NodeJS.Signals) => void, stderr: Readable) => Promise<void>,
): Promise<CommandRun> {
  const env = { ...process.env, REPARTEE_HOME: testFolder() };
  const child = spawn(process.execPath, [ENTRY, ...args, "--port", "0"], { env });
  onTestFinished(() => void child.kill("SIGKILL"));
  let [stdout, stderr] = ["", ""];
  const said = Promise.withResolvers<string>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    const url = /^Repartee serves at (http:\S+)\n/.exec(stdout)?.[1];
    if (url !== undefined) said.resolve(url);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const closed = new Promise<number | null>((done) => child.once("close", done));
  void closed.then(() => said.reject(new Error(stderr)));
  await use(await said.promise, (signal) => void child.kill(signal), child.stderr);
  child.kill("SIGTERM");
  return { exitCode: await closed, stdout, stderr };
}

function fileWith(text: string): string {
  const path = join(testFolder(), "file");
  writeFileSync(path, text);
  return path;
}

test("serves several protocols on one port until it is told to end", { timeout: 60_000 }, async () => {
  const keys = fileWith("# of the team\n one \n\ntwo\n");
  const folder = join(testFolder(), "logs");
  const args = ["serve", "--api-keys-file", keys, "--api-key", "three", "--batch-size", "3", "--log-dir", folder];
  const { stdout, stderr, exitCode } = await whileServing(args, async (url) => {
    const health = (await (await fetch(`${url}/health`)).json()) as { protocols: readonly { name: string }[] };
    expect(health.protocols.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["moshi-stt", "moshi-tts", "openai", "vibevoice", "moshi-chat"]),
    );
    const modules = (await (await fetch(`${url}/api/modules_info`)).json()) as Record<string, string>[];
    expect(modules[0]).toMatchObject({ path: "/api/asr-streaming", used_slots: "0", total_slots: "3" });
    const statuses = ["one", "two", "three", "of", ""].map(async (key) => {
      const answer = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
      return answer.status;
    });
    expect(await Promise.all(statuses)).toEqual([200, 200, 200, 401, 401]);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain("asr_open_channels 0");
  });
  expect(exitCode).toBe(0);
  expect(stdout.trim().split("\n")).toHaveLength(1);
  const lines = stderr.trim().split("\n");
  const events = lines.map((line) => (JSON.parse(line) as { event: string }).event);
  expect(events).toEqual(["started", "ending", "ended"]);
  const [name = ""] = readdirSync(folder);
  expect(name).toMatch(/^log\.serve\.\d{4}-\d\d-\d\d$/);
  expect(readFileSync(join(folder, name), "utf8")).toBe(stderr);
});

test("warns where everyone can use it, and is silent where asked", { timeout: 60_000 }, async () => {
  const { stderr, exitCode } = await whileServing(["serve", "--addr", "0.0.0.0", "--silent"], async (url) => {
    expect((await fetch(`${url.replace("0.0.0.0", "127.0.0.1")}/health`)).status).toBe(200);
  });
  expect(stderr).toMatch(/^repartee: warning: [^\n]* no key is set\n$/);
  expect(exitCode).toBe(0);
});

test("whoever read the log may go: nobody else is harmed", { timeout: 60_000 }, async () => {
  const { exitCode } = await whileServing(["serve"], async (url, _, stderr) => {
    stderr.destroy();
    for (let session = 0; session < 3; session++) {
      const socket = new WebSocket(`${url.replace("http", "ws")}/api/asr-streaming`);
      onTestFinished(() => socket.terminate());
      await new Promise((done, fail) => socket.once("open", done).once("error", fail));
    }
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });
  expect(exitCode).toBe(0);
});

test("a session that runs may go on, until it is told again", { timeout: 60_000 }, async () => {
  const run = await whileServing(["serve"], async (url, told) => {
    const socket = new WebSocket(`${url.replace("http", "ws")}/api/asr-streaming`);
    onTestFinished(() => socket.terminate());
    await new Promise((done) => socket.once("open", done));
    told("SIGINT");
    told("SIGTERM");
    await expect.poll(async () => (await fetch(`${url}/health`)).status).toBe(503);
    expect((await fetch(`${url}/v1/models`)).status).toBe(503);
    await sleep(600);
    expect(socket.readyState).toBe(WebSocket.OPEN);
  });
  expect(run.exitCode).toBe(0);
  expect(run.stderr).toContain('"cause":"server"');
});

test("a taken port, and keys that cannot be read, are one line and exit code 1", { timeout: 60_000 }, async () => {
  const taken = createServer();
  onTestFinished(() => void taken.close());
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const { port } = taken.address() as AddressInfo;
  const cases = [
    [["--port", String(port)], "port-in-use"],
    [["--port", "0", "--addr", "203.0.113.7"], "address-unusable"],
    [["--port", "0", "--api-keys-file", "/nowhere/keys"], "ENOENT"],
    [["--port", "0", "--api-keys-file", fileWith("# none\n\n")], "no key"],
  ] as const;
  for (const [args, named] of cases) {
    const run = await runRepartee(["serve", ...args]);
    expectOneLine(run, 1);
    expect(run.stderr).toContain(named);
  }
});

function workerFolder(): { readonly folder: string; readonly config: string } {
  const folder = testFolder();
  mkdirSync(join(folder, "static", "more"), { recursive: true });
  writeFileSync(join(folder, "static", "index.html"), "<p>hello</p>");
  writeFileSync(join(folder, "static", "more", "index.html"), "<p>more</p>");
  writeFileSync(join(folder, "secret.txt"), "secret");
  symlinkSync(join(folder, "secret.txt"), join(folder, "static", "link.txt"));
  const config = join(folder, "worker.toml");
  writeFileSync(
    config,
    `static_dir = "${folder}/static"
log_dir = "${folder}/logs"
instance_name = "ours"
authorized_ids = ["public_token"]
[modules.asr]
path = "/api/hear"
type = "BatchedAsr"
batch_size = 2
lm_model_file = "hf://owner/repo/file"
asr_delay_in_tokens = 6
[modules.tts]
path = "/api/say"
type = "Tts"
[modules.voice]
type = "PyPost"
path = "/api/voice"
`,
  );
  return { folder, config };
}

test("a configuration of moshi-server is served", { timeout: 60_000 }, async () => {
  const { folder, config } = workerFolder();
  const run = await whileServing(
    ["worker", "--config", config, "--cpu", "-l", "trace", "-a", "127.0.0.1"],
    async (url) => {
      const modules = (await (await fetch(`${url}/api/modules_info`)).json()) as Record<string, string>[];
      expect(modules).toEqual([
        expect.objectContaining({ path: "/api/hear", total_slots: "2" }),
        expect.objectContaining({ path: "/api/say_streaming", total_slots: "16" }),
      ]);
      const headers = { "kyutai-api-key": "public_token" };
      const body = JSON.stringify({ text: "Hello there.", voice: "slt" });
      const spoken = await fetch(`${url}/api/say`, { method: "POST", headers, body });
      expect([spoken.status, spoken.headers.get("content-type")]).toEqual([200, "audio/wav"]);
      expect((await spoken.bytes()).length).toBeGreaterThan(20_000);
      const refused = await fetch(`${url}/api/hear?auth_id=public_token`, { method: "POST", body: "x" });
      expect([refused.status, await refused.text()]).toEqual([401, ""]);
      expect(await (await fetch(`${url}/`)).text()).toBe("<p>hello</p>");
      expect(await (await fetch(`${url}/more/`)).text()).toBe("<p>more</p>");
      for (const path of ["/none", "/link.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/%00"])
        expect((await fetch(url + path)).status).toBe(404);
    },
  );
  expect(run.exitCode).toBe(0);
  const warnings = run.stderr.split("\n").filter((line) => line.startsWith("repartee: "));
  expect(warnings).toEqual([
    `repartee: warning: ${config}: modules that are not served: modules.voice (PyPost)`,
    `repartee: warning: ${config}: keys without a meaning here, about models: modules.asr.lm_model_file, modules.asr.asr_delay_in_tokens`,
  ]);
  const logs = readdirSync(join(folder, "logs"));
  expect(logs).toEqual([expect.stringMatching(/^log\.ours\.\d{4}-\d\d-\d\d$/)]);
  expect(readFileSync(join(folder, "logs", logs[0] as string), "utf8")).toContain('"event":"ended"');
});

test("configurations are validated one by one", { timeout: 60_000 }, async () => {
  const { config } = workerFolder();
  const good = await runRepartee(["worker", "validate", config]);
  expect([good.stdout, good.exitCode]).toEqual([`${config}: BatchedAsr at /api/hear for 2, Tts at /api/say\n`, 0]);
  const bad = fileWith("static_dir = 1");
  const mixed = await runRepartee(["worker", "validate", bad, config, "/nowhere.toml"]);
  expect(mixed.stdout).toBe(good.stdout);
  expect(mixed.stderr).toContain(`${bad}: static_dir must be of the type string; cannot read /nowhere.toml: ENOENT\n`);
  expect(mixed.exitCode).toBe(1);
  expectOneLine(await runRepartee(["worker", "--config", bad]), 1);
  expectOneLine(await runRepartee(["worker", "--config", "/nowhere.toml"]), 1);
});
