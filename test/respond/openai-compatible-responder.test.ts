import { afterEach, beforeEach, expect, test } from "vitest";
import {
  OpenAiCompatibleResponder,
  toMessages,
  warmUpLanguageModel,
  type LanguageModelSettings,
} from "../../src-main/respond/openai-compatible-responder.ts";
import type { ConversationEntry } from "../../src-main/turn/ports.ts";
import { settingsSchema } from "../../src-shared/settings.ts";
import { askLanguageModel } from "./ask-language-model.ts";
import {
  beginStream,
  endStream,
  LanguageModelServer,
  sendJson,
  sendWord,
  streamWords,
} from "./language-model-server.ts";

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

test("streams the answer as it comes", async () => {
  let finish: (() => void) | undefined;
  server.behaviour = (response) => {
    beginStream(response);
    sendWord(response, "Paris is ");
    finish = () => {
      sendWord(response, "nice.");
      endStream(response);
    };
  };
  const responder = new OpenAiCompatibleResponder(() => settings);
  const parts = responder.respond(
    { key: { turnId: 1, revision: 0 }, text: "Hi", history: [] },
    new AbortController().signal,
  );
  expect((await parts.next()).value).toEqual({ kind: "text", text: "Paris is " });
  finish?.();
  expect((await parts.next()).value).toEqual({ kind: "text", text: "nice." });
  expect((await parts.next()).done).toBe(true);
});

test("sends the model, the key, the instructions and the conversation", async () => {
  settings = { ...settings, apiKey: "secret" };
  const history: ConversationEntry[] = [
    { speaker: "assistant", text: "Your timer is done.", interrupted: false },
    { speaker: "user", text: "Tell me about Rome.", interrupted: false },
    { speaker: "assistant", text: "Rome is the", interrupted: true },
  ];
  const reply = await askLanguageModel(settings, "And Paris?", { history });
  expect(reply.text).toBe("Paris is the capital.");
  const [seen] = server.seen;
  expect(seen).toMatchObject({ method: "POST", path: "/v1/chat/completions", authorization: "Bearer secret" });
  const body = seen?.body as { model: string; stream: boolean; messages: { role: string; content: string }[] };
  expect(body).toMatchObject({ model: "test-model", stream: true });
  expect(body.messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
  expect(body.messages[0]?.content).toContain("spoken aloud");
  expect(body.messages[2]?.content).toMatch(/^Rome is the… \[interrupted/);
  expect(body.messages[3]?.content).toBe("And Paris?");
});

test("white space before the answer is dropped", async () => {
  server.behaviour = (response) => streamWords(response, ["\n", "\n ", " Paris", " is nice.", "\n"]);
  expect((await askLanguageModel(settings)).parts[0]).toEqual({ kind: "text", text: "Paris is " });
});

test("sends no key when there is none", async () => {
  await askLanguageModel(settings);
  expect(server.seen[0]?.authorization).toBeUndefined();
});

test("asks the server for a model when none is set, and remembers it", async () => {
  settings = { ...settings, model: "" };
  server.models = (response) =>
    sendJson(response, 200, { data: [{ id: "nomic-embed-text" }, { id: "llama" }, { id: "x" }] });
  const responder = new OpenAiCompatibleResponder(() => settings);
  for (let turnId = 1; turnId <= 2; turnId++) {
    const parts = responder.respond(
      { key: { turnId, revision: 0 }, text: "Hi", history: [] },
      new AbortController().signal,
    );
    for await (const part of parts) expect(part.kind).toBe("text");
  }
  expect(server.seen.map(({ path }) => path)).toEqual(["/v1/models", "/v1/chat/completions", "/v1/chat/completions"]);
  expect(server.seen[1]?.body).toMatchObject({ model: "llama" });
});

test("asks for a model again once the one that it took is refused", async () => {
  settings = { ...settings, model: "" };
  const responder = new OpenAiCompatibleResponder(() => settings);
  const ask = async (turnId: number) => {
    const request = { key: { turnId, revision: 0 }, text: "Hi", history: [] };
    for await (const part of responder.respond(request, new AbortController().signal)) void part;
  };
  const streams = server.behaviour;
  server.behaviour = (response) => sendJson(response, 404, { error: "no such model" });
  await ask(1);
  [server.behaviour, server.models] = [streams, (response) => sendJson(response, 200, { data: [{ id: "newer" }] })];
  await ask(2);
  const asked = server.seen.map(({ body }) => (body as { model?: string } | undefined)?.model);
  expect(asked).toEqual([undefined, "first-model", undefined, "newer"]);
});

test("leaves out what a reasoning model thinks, and Markdown", async () => {
  server.behaviour = (response) =>
    streamWords(response, [
      "<think>The user",
      " wants **Paris**.</think>",
      "**Par",
      "is** is the `capital`. 🎉\n",
      "\n# So",
      "\n- it is",
    ]);
  expect((await askLanguageModel(settings)).text.replace(/\s+/g, " ").trim()).toBe("Paris is the capital. So it is");
});

test("an answer that goes on slowly is no stall", async () => {
  server.behaviour = async (response) => {
    beginStream(response);
    for (const word of ["One", " two", " three", " four"]) {
      sendWord(response, word);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    endStream(response);
  };
  expect(await askLanguageModel(settings)).toMatchObject({ text: "One two three four", code: undefined });
});

test("aborting ends the reply without a failure and drops the request", async () => {
  server.behaviour = (response) => {
    beginStream(response);
    sendWord(response, "Paris is ");
  };
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 100);
  const reply = await askLanguageModel(settings, "Hi", { signal: abort.signal, stallTimeoutMs: 5_000 });
  expect(reply.parts).toEqual([{ kind: "text", text: "Paris is " }]);
  await server.seen[0]?.closed;
});

test("aborting before the answer ends the reply at once", async () => {
  server.behaviour = () => undefined;
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 50);
  const reply = await askLanguageModel(settings, "Hi", { signal: abort.signal });
  expect(reply.parts).toEqual([]);
  expect(reply.elapsedMs).toBeLessThan(400);
});

test("whoever stops listening in the middle drops the request", async () => {
  server.behaviour = (response) => {
    beginStream(response);
    sendWord(response, "Paris is ");
  };
  const responder = new OpenAiCompatibleResponder(() => settings);
  const request = { key: { turnId: 1, revision: 0 }, text: "Hi", history: [] };
  for await (const part of responder.respond(request, new AbortController().signal)) {
    expect(part.kind).toBe("text");
    break;
  }
  await server.seen[0]?.closed;
});

test("messages begin with the user and alternate", () => {
  const say = (speaker: "user" | "assistant", text: string) => ({ speaker, text, interrupted: false });
  const history = [
    say("assistant", "A"),
    say("user", "B"),
    say("user", "C"),
    say("assistant", "D"),
    say("assistant", "E"),
  ];
  expect(toMessages(history, "F")).toEqual([
    { role: "user", content: "B\nC" },
    { role: "assistant", content: "D\nE" },
    { role: "user", content: "F" },
  ]);
  expect(toMessages([], "F")).toEqual([{ role: "user", content: "F" }]);
});
