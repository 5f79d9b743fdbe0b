import { expect, test } from "vitest";
import { SpeechRequestSource, type SpeechRequest } from "../../../src-main/play/source/speech-request-source.ts";
import { serve } from "./audio-server.ts";
import { failureLine, openSource, receive } from "./open-source.ts";

const TEXT = "The quick brown fox jumps over the lazy dog.";
const KEY = "sk-very-secret-key-123";

function asking(baseUrl: string, more: Partial<SpeechRequest> = {}): SpeechRequest {
  return { baseUrl, model: "tts-1", input: TEXT, voice: "alloy", responseFormat: "pcm", ...more };
}

test("asks as OpenAI's speech API has it, with what is optional only where it is given", async () => {
  const seen: unknown[] = [];
  const host = await serve((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const { authorization, "content-type": type } = request.headers;
      const body: unknown = JSON.parse(Buffer.concat(parts).toString());
      seen.push({ method: request.method, url: request.url, authorization, type, body });
      response.writeHead(200, { "content-type": "audio/pcm" }).end("audio");
    });
  });
  const plain = new SpeechRequestSource(asking(`http://${host}`), { encodingOfContentType: () => "s16le" });
  expect(plain.name).toBe(host);
  expect((await openSource(plain)).declaredEncoding).toBe("s16le");
  const full = asking(`http://${host}/api/v2/`, { apiKey: KEY, speedRatio: 1.5, instructions: "Softly." });
  expect((await receive(new SpeechRequestSource(full))).bytes).toHaveLength(5);
  await receive(new SpeechRequestSource(asking(`http://${host}/v1/audio/speech?version=2`)));
  const type = "application/json";
  const body = { model: "tts-1", input: TEXT, voice: "alloy", response_format: "pcm" };
  expect(seen).toEqual([
    { method: "POST", url: "/v1/audio/speech", type, body },
    {
      method: "POST",
      url: "/api/v2/audio/speech",
      authorization: `Bearer ${KEY}`,
      type,
      body: { ...body, speed: 1.5, instructions: "Softly." },
    },
    { method: "POST", url: "/v1/audio/speech?version=2", type, body },
  ]);
});

test("says what an error status means", async () => {
  let status = 0;
  const host = await serve((_request, response) => void response.writeHead(status).end());
  const lines = [];
  for (status of [400, 401, 403, 404, 405, 429, 500, 503])
    lines.push(await failureLine(new SpeechRequestSource(asking(`http://${host}`))));
  status = 401;
  lines.push(await failureLine(new SpeechRequestSource(asking(`http://${host}`, { apiKey: KEY }))));
  expect(lines).toEqual([
    `source-refused: ${host} answered 400 Bad Request`,
    `source-refused: ${host} wants a key (401)`,
    `source-refused: ${host} does not allow this (403)`,
    `source-refused: ${host} has no /audio/speech at that address, or not that model or voice (404)`,
    `source-refused: ${host} does not take speech requests at that address (405)`,
    `source-refused: ${host} takes no more requests now: too many, or no credit left (429)`,
    `source-refused: ${host} failed to make the speech (500)`,
    `source-refused: ${host} failed to make the speech (503)`,
    `source-refused: ${host} does not accept the key (401)`,
  ]);
});

test("passes on the server's message, in all its shapes, on one short line", async () => {
  let body: unknown;
  const host = await serve((_request, response) => void response.writeHead(400).end(JSON.stringify(body)));
  const lines = [];
  for (body of [
    { error: { message: "The model `tts-9` does not exist", type: "invalid_request_error" } },
    { error: "no voice\nof that name" },
    { message: "busy" },
    { detail: { error: "x", message: "voice unknown" } },
    { detail: "Not here" },
    { detail: [{ loc: ["body", "voice"], msg: "field required", input: TEXT }] },
    { error: { message: "long ".repeat(100) } },
    { something: "else" },
    [],
  ])
    lines.push(await failureLine(new SpeechRequestSource(asking(`http://${host}`))));
  const start = `source-refused: ${host} answered 400 Bad Request`;
  expect(lines).toEqual([
    `${start}: The model \`tts-9\` does not exist`,
    `${start}: no voice of that name`,
    `${start}: busy`,
    `${start}: voice unknown`,
    `${start}: Not here`,
    `${start}: field required`,
    `${start}: ${"long ".repeat(40).slice(0, 199)}…`,
    start,
    start,
  ]);
});

test("never repeats the text, the instructions or the key, not even a part of them", async () => {
  let message = "";
  const host = await serve((_request, response) => void response.writeHead(400).end(JSON.stringify({ message })));
  const source = new SpeechRequestSource(
    asking(`http://${host}`, { apiKey: KEY, instructions: "Speak like a pirate captain" }),
  );
  for (message of [
    `cannot say "${TEXT}"`,
    "cannot say 'QUICK  BROWN fox…'",
    `Incorrect API key provided: ${KEY}`,
    "key sk-very-secr*** is wrong",
    "cannot do: like a pirate",
  ])
    expect(await failureLine(source)).toBe(`source-refused: ${host} answered 400 Bad Request`);
  message = "the text is too long";
  expect(await failureLine(source)).toMatch(/: the text is too long$/);
  const short = new SpeechRequestSource(asking(`http://${host}`, { input: "Hello!" }));
  message = "cannot say hello";
  expect(await failureLine(short)).toBe(`source-refused: ${host} answered 400 Bad Request`);
});

test("an address that is none is said without repeating it", async () => {
  const source = new SpeechRequestSource(asking("localhost sk-123"));
  expect(source.name).toBe("a server");
  expect(await failureLine(source)).toBe("source-unreachable: the address is not one of http:// or https://");
});
