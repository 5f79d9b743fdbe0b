import { createServer, type AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { warmUpLanguageModel, type LanguageModelSettings } from "../../src-main/respond/openai-compatible-responder.ts";
import { settingsSchema } from "../../src-shared/settings.ts";
import { askLanguageModel } from "./ask-language-model.ts";
import { beginStream, LanguageModelServer, sendJson, sendWord, streamWords } from "./language-model-server.ts";

const server = new LanguageModelServer();
let settings: LanguageModelSettings;

beforeEach(async () => {
  await warmUpLanguageModel();
  await server.start();
  server.seen.length = 0;
  server.behaviour = (response) => streamWords(response, ["Paris", " is the", " capital."]);
  server.models = (response) => sendJson(response, 200, { data: [{ id: "first-model" }] });
  settings = { ...settingsSchema.parse({}).languageModel, baseUrl: server.address, model: "test-model" };
});

afterEach(() => server.stop());

test("a server without models is refused", async () => {
  settings = { ...settings, model: "" };
  server.models = (response) => sendJson(response, 200, { data: [] });
  expect(await askLanguageModel(settings)).toMatchObject({ code: "respond-refused" });
  server.models = (response) => sendJson(response, 200, "what?");
  expect(await askLanguageModel(settings)).toMatchObject({ code: "respond-refused" });
});

test("nobody at the port is said and reported", async () => {
  const closed = await closedPort();
  settings = { ...settings, baseUrl: `http://127.0.0.1:${closed}` };
  const reply = await askLanguageModel(settings);
  expect(reply.code).toBe("respond-unreachable");
  expect(reply.text).toBe("I can not reach the language model server right now.");
  expect(reply.parts.map(({ kind }) => kind)).toEqual(["text", "failure"]);
  settings = { ...settings, model: "" };
  expect((await askLanguageModel(settings)).code).toBe("respond-unreachable");
});

test("a host that does not exist is unreachable", async () => {
  settings = { ...settings, baseUrl: "http://no-such-host.invalid" };
  expect((await askLanguageModel(settings)).code).toBe("respond-unreachable");
});

test.for([
  [401, "respond-refused", false],
  [403, "respond-refused", false],
  [404, "respond-refused", false],
  [429, "respond-refused", true],
  [500, "respond-failed", true],
  [503, "respond-failed", true],
] as const)("status %i is %s", async ([status, code, retryable]) => {
  server.behaviour = (response) => sendJson(response, status, { error: { message: "What is the capital of France?" } });
  const reply = await askLanguageModel(settings);
  expect(reply.code).toBe(code);
  expect(reply.text).toMatch(/^[A-Z].*\.$/);
  expect(server.seen).toHaveLength(1);
  const failure = reply.parts.find((part) => part.kind === "failure")?.failure;
  expect(failure).toEqual({ code, stage: "respond", detail: `HTTP ${status}`, retryable });
});

test("a list of models that is refused is refused", async () => {
  settings = { ...settings, model: "" };
  server.models = (response) => sendJson(response, 401, {});
  expect((await askLanguageModel(settings)).code).toBe("respond-refused");
});

test("a page instead of a stream is a failure", async () => {
  server.behaviour = (response) => {
    response.writeHead(200, { "content-type": "text/html" });
    response.end("<html>It works!</html>");
  };
  const reply = await askLanguageModel(settings);
  expect(reply.code).toBe("respond-failed");
  expect(reply.text).toBe("Something went wrong on the language model server.");
});

test("broken JSON in the stream is a failure", async () => {
  server.behaviour = (response) => {
    beginStream(response);
    response.end("data: {broken\n\n");
  };
  expect((await askLanguageModel(settings)).code).toBe("respond-failed");
});

test("an error inside the stream is a failure", async () => {
  server.behaviour = (response) => {
    beginStream(response);
    sendWord(response, "Paris is");
    response.end(`data: ${JSON.stringify({ error: { message: "out of memory", type: "server", code: 500 } })}\n\n`);
  };
  const reply = await askLanguageModel(settings);
  expect(reply.code).toBe("respond-failed");
  expect(reply.text).toBe("Paris is. Sorry, the language model broke off its answer.");
});

test("an answer without words is a failure", async () => {
  server.behaviour = (response) => streamWords(response, []);
  expect((await askLanguageModel(settings)).code).toBe("respond-failed");
});

test("a connection that breaks in the middle is said after what was said", async () => {
  server.behaviour = (response) => {
    beginStream(response);
    sendWord(response, "Paris is big. ");
    setTimeout(() => response.destroy(), 50);
  };
  const reply = await askLanguageModel(settings);
  expect(reply.code).toBe("respond-failed");
  expect(reply.text.replace(/\s+/g, " ")).toBe("Paris is big. Sorry, the language model broke off its answer.");
});

test("a slow first word runs into the timeout, and the request is dropped", async () => {
  settings = { ...settings, firstTokenTimeoutMs: 500 };
  server.behaviour = beginStream;
  const reply = await askLanguageModel(settings);
  expect(reply.code).toBe("respond-timeout");
  expect(reply.text).toBe("The language model is taking too long to answer.");
  expect(reply.elapsedMs).toBeGreaterThan(450);
  expect(reply.elapsedMs).toBeLessThan(1500);
  await server.seen[0]?.closed;
});

test("a server that accepts and says nothing at all runs into the timeout", async () => {
  settings = { ...settings, firstTokenTimeoutMs: 500 };
  server.behaviour = () => undefined;
  expect((await askLanguageModel(settings)).code).toBe("respond-timeout");
});

test("a list of models that never comes runs into the timeout", async () => {
  settings = { ...settings, model: "", firstTokenTimeoutMs: 500 };
  server.models = () => undefined;
  expect((await askLanguageModel(settings)).code).toBe("respond-timeout");
});

test("thinking does not count as answering", async () => {
  settings = { ...settings, firstTokenTimeoutMs: 500 };
  server.behaviour = (response) => {
    beginStream(response);
    sendWord(response, "<think>Well, ");
    const thinking = setInterval(() => sendWord(response, "and so on "), 50);
    response.once("close", () => clearInterval(thinking));
  };
  expect((await askLanguageModel(settings)).code).toBe("respond-timeout");
});

test("empty pieces do not count as answering", async () => {
  settings = { ...settings, firstTokenTimeoutMs: 500 };
  server.behaviour = (response) => {
    beginStream(response);
    const breathing = setInterval(() => sendWord(response, ""), 50);
    response.once("close", () => clearInterval(breathing));
  };
  expect((await askLanguageModel(settings)).code).toBe("respond-timeout");
});

test("a stall in the middle is said after what was said", async () => {
  server.behaviour = (response) => {
    beginStream(response);
    sendWord(response, "Paris is **big");
  };
  const reply = await askLanguageModel(settings);
  expect(reply.code).toBe("respond-timeout");
  expect(reply.text).toBe("Paris is big. Sorry, the language model broke off its answer.");
  await server.seen[0]?.closed;
});

test("nothing is written to the console, whatever goes wrong", async () => {
  const names = ["log", "warn", "error", "info"] as const;
  const originals = names.map((name) => console[name]);
  const written: unknown[] = [];
  for (const name of names) console[name] = (...args: unknown[]) => written.push(args);
  try {
    server.behaviour = (response) => sendJson(response, 500, {});
    await askLanguageModel(settings);
    settings = { ...settings, firstTokenTimeoutMs: 500 };
    server.behaviour = beginStream;
    await askLanguageModel(settings);
  } finally {
    for (const [index, name] of names.entries()) console[name] = originals[index] as typeof console.log;
  }
  expect(written).toEqual([]);
});

async function closedPort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
