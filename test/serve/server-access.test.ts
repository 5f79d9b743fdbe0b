import { createConnection } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { dial } from "./dial.ts";
import { echo } from "./echo-protocol.ts";
import { startTestServer } from "../wire/start-test-server.ts";

/** Everything that comes back for bytes that are sent as they are. */
async function raw(port: number, text: string): Promise<string> {
  const connection = createConnection(port, "127.0.0.1");
  let answer = "";
  connection.setEncoding("utf8").on("data", (piece: string) => (answer += piece));
  connection.write(text);
  await new Promise((resolve) => connection.once("close", resolve));
  return answer;
}

const HANDSHAKE = "Connection: Upgrade\r\nUpgrade: websocket\r\n";

test("each style of key has its own words of refusal, and pages about the server need none", async () => {
  const server = await startTestServer([echo()], { keys: ["right"] });
  const post = (path: string, headers: Record<string, string>): Promise<Response> =>
    fetch(server.url + path, { method: "POST", headers, body: "x" });
  const bearer = await post("/v1/echo", { authorization: "Bearer wrong" });
  expect(bearer.status).toBe(401);
  expect(await bearer.json()).toMatchObject({ error: { code: "invalid_api_key", type: "invalid_request_error" } });
  expect((await post("/v1/echo", { authorization: "bearer right" })).status).toBe(200);
  expect((await post("/v1/echo?auth_id=right", {})).status).toBe(401);

  const moshi = await post("/api/echo?auth_id=right", {});
  expect([moshi.status, await moshi.text(), moshi.headers.get("content-length")]).toEqual([401, "", "0"]);
  expect((await post("/api/echo", { "kyutai-api-key": "right" })).status).toBe(200);

  for (const [query, headers] of [
    ["?auth_id=right", {}],
    ["", { "kyutai-api-key": "right" }],
    ["", { authorization: "Bearer right" }],
  ] as const)
    expect((await post(`/held${query}`, headers)).status).toBe(200);
  expect((await post("/held?auth_id=right", { authorization: "Bearer wrong" })).status).toBe(401);
  for (const page of ["/health", "/metrics", "/api/build_info", "/api/modules_info"])
    expect((await fetch(server.url + page)).status).toBe(200);
});

test("with an empty list of keys nobody is let in", async () => {
  const server = await startTestServer([echo()], { keys: [] });
  expect((await dial(`${server.socketUrl}/api/echo?auth_id=`)).status).toBe(401);
});

test("the handshake is checked before the key", async () => {
  const server = await startTestServer([echo()], { keys: ["right"] });
  const plain = await fetch(`${server.url}/api/echo`);
  expect([plain.status, plain.headers.get("upgrade")]).toEqual([426, "websocket"]);
  const begin = "GET /api/echo HTTP/1.1\r\nHost: localhost\r\n";
  expect(await raw(server.port, `${begin}${HANDSHAKE}Sec-WebSocket-Version: 13\r\n\r\n`)).toMatch(/^HTTP\/1.1 400 /);
  const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  expect(await raw(server.port, `${begin}${HANDSHAKE}${key}Sec-WebSocket-Version: 7\r\n\r\n`)).toMatch(
    /^HTTP\/1.1 400 /,
  );
  const good = `${begin}${HANDSHAKE}${key}Sec-WebSocket-Version: 13\r\n\r\n`;
  expect(await raw(server.port, good)).toBe(
    "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
  );
  expect(await raw(server.port, good.replace("/api/echo", "/api/echo?x=%ff"))).toMatch(/^HTTP\/1.1 400 /);
  expect(await raw(server.port, good.replace("/api/echo", "/api/echo?format=wrong"))).toMatch(/^HTTP\/1.1 400 /);
  expect(await raw(server.port, good.replace("/api/echo", "/nothing"))).toMatch(/^HTTP\/1.1 404 /);
  expect(await raw(server.port, good.replace("/api/echo", "/v1/echo"))).toMatch(/^HTTP\/1.1 400 /);
  const http2 = "GET /health HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n";
  expect(await raw(server.port, http2)).toMatch(/^HTTP\/1.1 200 /);
});

test("no subprotocol is agreed on", async () => {
  const server = await startTestServer([echo()]);
  const socket = new WebSocket(`${server.socketUrl}/quiet`, ["one", "two"]);
  onTestFinished(() => socket.terminate());
  const error = await new Promise<Error>((resolve) => socket.once("error", resolve));
  expect(error.message).toContain("no subprotocol");
});

test("without keys pages of other origins are turned away, under any name of this machine", async () => {
  const server = await startTestServer([echo()]);
  const { port } = server;
  const status = async (headers: Record<string, string>): Promise<number> =>
    (await dial(`${server.socketUrl}/api/echo`, headers)).status;
  expect(await status({ origin: "https://evil.example" })).toBe(403);
  expect(await status({ origin: `http://evil.example:${port}`, host: `evil.example:${port}` })).toBe(403);
  expect(await status({ origin: "null" })).toBe(403);
  expect(await status({ origin: `http://127.0.0.1:${port}` })).toBe(101);
  expect(await status({ origin: `http://localhost:${port}`, host: `localhost:${port}` })).toBe(101);
  const withKeys = await startTestServer([echo()], { keys: ["right"] });
  const answer = await dial(`${withKeys.socketUrl}/api/echo?auth_id=right`, { origin: "https://evil.example" });
  expect(answer.status).toBe(101);
});

test("neither logs nor metrics hold queries, keys or bodies", async () => {
  const server = await startTestServer([echo()], { keys: ["right"] });
  await dial(`${server.socketUrl}/api/echo?auth_id=wrongkey&text=confidential`);
  await dial(`${server.socketUrl}/api/echo?auth_id=right&text=confidential`);
  await dial(`${server.socketUrl}/confidential?text=confidential`);
  await fetch(`${server.url}/v1/things/confidential?text=confidential`, { headers: { authorization: "Bearer right" } });
  await fetch(`${server.url}/v1/echo`, { method: "POST", body: "confidential" });
  const told = server.logged() + (await server.metrics.text());
  expect(told).toContain('"event":"session-refused"');
  expect(told).toContain('route="/v1/things/*"');
  expect(told).not.toMatch(/confidential|wrongkey|auth_id|right/);
  for (const line of server.logged().trim().split("\n")) expect(JSON.parse(line)).toHaveProperty("at");
});

test.for([
  { what: "the header", url: "?", headers: { "kyutai-api-key": "right" }, status: 101 },
  { what: "the query", url: "?auth_id=right", headers: {}, status: 101 },
  { what: "the query, encoded", url: "?auth_id=%72ight", headers: {}, status: 101 },
  { what: "a second key", url: "?auth_id=other%20one", headers: {}, status: 101 },
  {
    what: "a wrong header before a right query",
    url: "?auth_id=right",
    headers: { "kyutai-api-key": "x" },
    status: 401,
  },
  {
    what: "an empty header before a right query",
    url: "?auth_id=right",
    headers: { "kyutai-api-key": "" },
    status: 401,
  },
  { what: "nothing", url: "", headers: {}, status: 401 },
  { what: "another case", url: "?auth_id=Right", headers: {}, status: 401 },
  { what: "a part", url: "?auth_id=righ", headers: {}, status: 401 },
  { what: "more", url: "?auth_id=rightright", headers: {}, status: 401 },
  { what: "the key of another protocol", url: "", headers: { authorization: "Bearer right" }, status: 401 },
])("moshi's key: $what gives $status", async ({ url, headers, status }) => {
  const server = await startTestServer([echo()], { keys: ["right", "other one"] });
  const answer = await dial(`${server.socketUrl}/api/echo${url}`, headers);
  expect(answer.status).toBe(status);
  if (status === 401) expect(answer.body).toBe("");
});
