import { hash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { deadHost, serve } from "../play/source/audio-server.ts";
import { runRepartee, testFolder } from "./run-repartee.ts";

const FILE = Buffer.alloc(7_000_000, "turn");
const SHA256 = hash("sha256", FILE, "hex");
const SMART_TURN_SHA256 = "2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f";
const FILE_NAME = "turn-1-mini.step.int8dyn.onnx";

test("lists the models with size, licence and whether they are here", async () => {
  const { exitCode, stdout } = await runRepartee(["models"]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^MODEL +SIZE +LICENCE +HERE +WHAT$/m);
  expect(stdout).toMatch(/^silero-vad +2\.3 MB +MIT +yes +Silero VAD/m);
  expect(stdout).toMatch(/^smart-turn +8\.7 MB +BSD-2-Clause +no +Smart Turn .* \(repartee models get smart-turn\)$/m);
  expect(stdout).toMatch(/^turn-1-mini +7\.0 MB +Apache-2\.0 +no /m);
});

test("downloads a model into the folder of the settings, once, and lists it as here", async () => {
  let requests = 0;
  const host = await serve((_, response) => {
    requests += 1;
    response.end(FILE);
  });
  const env = { REPARTEE_HOME: testFolder() };
  const get = ["models", "get", "turn-1-mini", "--url", `http://${host}/model.onnx`];
  const downloaded = await runRepartee([...get, "--sha256", SHA256.toUpperCase()], { env });
  const path = join(env.REPARTEE_HOME, "models", FILE_NAME);
  expect(downloaded).toEqual({ exitCode: 0, stdout: `turn-1-mini is here: ${path}\n`, stderr: "" });
  expect(readFileSync(path).equals(FILE)).toBe(true);
  const again = await runRepartee(get, { env });
  expect(again).toEqual({ exitCode: 0, stdout: `turn-1-mini is here already: ${path}\n`, stderr: "" });
  expect(requests).toBe(1);
  expect((await runRepartee(["models"], { env })).stdout).toMatch(
    /^turn-1-mini +7\.0 MB +Apache-2\.0 +yes +turn-1-mini, end of turn in English$/m,
  );
});

test("without a hash that is known it asks for one, and does not download", async () => {
  let requests = 0;
  const host = await serve((_, response) => {
    requests += 1;
    response.end(FILE);
  });
  const { exitCode, stderr } = await runRepartee(["models", "get", "turn-1-mini", "--url", `http://${host}/`]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(
    "does not know the SHA-256 of turn-1-mini: read it at https://huggingface.co/p99lab/turn-1-mini/blob/",
  );
  expect(stderr).toContain("--sha256 HASH");
  expect(stderr).toContain("--from FILE");
  expect(requests).toBe(0);
});

test("takes a file that is here, into the folder that REPARTEE_MODELS names", async () => {
  const [folder, from] = [join(testFolder(), "models"), join(testFolder(), "mine")];
  writeFileSync(from, FILE);
  const env = { REPARTEE_MODELS: folder };
  const taken = await runRepartee(["models", "get", "turn-1-mini", "--from", from], { env });
  expect(taken).toMatchObject({ exitCode: 0, stdout: `turn-1-mini is here: ${join(folder, FILE_NAME)}\n` });
  const refused = await runRepartee(["models", "get", "smart-turn", "--from", from], { env });
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain(`its SHA-256 is ${SHA256} instead of ${SMART_TURN_SHA256}; nothing was kept`);
  expect(existsSync(join(folder, "smart-turn-v3.2-cpu.onnx"))).toBe(false);
});

test("Ctrl+C keeps what has arrived", async () => {
  const started = Promise.withResolvers<void>();
  const host = await serve((_, response) => {
    response.writeHead(200, { "content-length": FILE.length });
    response.write(FILE.subarray(0, 1_000_000), () => setTimeout(started.resolve, 300));
  });
  const home = testFolder();
  const { exitCode, stderr } = await runRepartee(
    ["models", "get", "turn-1-mini", "--url", `http://${host}/`, "--sha256", SHA256],
    { env: { REPARTEE_HOME: home }, interruption: started.promise },
  );
  expect(exitCode).toBe(130);
  expect(stderr).toContain("what has arrived is kept");
  expect(readFileSync(join(home, "models", `${FILE_NAME}.22bcc75c.part`)).length).toBeGreaterThan(0);
});

test("says in one line what went wrong", async () => {
  const host = await deadHost();
  const unreachable = await runRepartee(["models", "get", "smart-turn", "--url", `http://${host}/`]);
  expect(unreachable.exitCode).toBe(1);
  expect(unreachable.stderr).toBe(
    `repartee: download-failed: The model could not be downloaded. (${host} refuses connections: is the server running?; run the same command again to go on)\n`,
  );
});

test("wrong use is exit code 2", async () => {
  const uses = [
    { args: ["get", "llama"], says: "smart-turn or turn-1-mini" },
    { args: ["get"], says: "missing required argument" },
    { args: ["get", "smart-turn", "--sha256", ""], says: "64 hexadecimal digits" },
    { args: ["get", "smart-turn", "--url", "ftp://x/"], says: "https://" },
  ];
  const runs = await Promise.all(uses.map(({ args }) => runRepartee(["models", ...args])));
  expect(runs.map(({ exitCode }) => exitCode)).toEqual(uses.map(() => 2));
  for (const [n, { says }] of uses.entries()) expect(runs[n]?.stderr).toContain(says);
});
