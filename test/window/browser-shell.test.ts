import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { expect, test } from "vitest";
import { startBrowserShell } from "../../src-main/window/browser-shell.ts";
import { ask, askRaw } from "./page-client.ts";
import { ShellStage } from "./shell-stage.ts";

const stage = new ShellStage();

test("the printed address holds at least 128 random bits, sets a strict cookie and leaves the address bar without them", async () => {
  const token = new URL(stage.shell.url).searchParams.get("token") ?? "";
  expect(Buffer.from(token, "base64url").length).toBeGreaterThanOrEqual(16);
  const { status, headers } = await ask(stage.shell.port, `/?token=${token}`);
  expect(status).toBe(303);
  expect(headers.location).toBe("/");
  expect(headers["set-cookie"]?.[0]).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
});

test("an address for one time opens the window once, and holds neither the token nor the cookie", async () => {
  const url = new URL(stage.shell.oneTimeUrl());
  const first = await ask(stage.shell.port, url.pathname + url.search);
  expect(first.status).toBe(303);
  const [given = ""] = first.headers["set-cookie"]?.[0]?.split(";") ?? [];
  expect((await ask(stage.shell.port, "/", { cookie: given })).status).toBe(200);
  expect((await ask(stage.shell.port, url.pathname + url.search)).status).toBe(401);
  expect((await ask(stage.shell.port, "/?ticket=")).status).toBe(401);
  expect(given).not.toContain(url.searchParams.get("ticket"));
  expect(stage.shell.url).not.toContain(url.searchParams.get("ticket"));
});

test("with the cookie the window is served with its types, without it or with a wrong one it says where to get in", async () => {
  const page = await ask(stage.shell.port, "/", { cookie: stage.cookie });
  expect(page).toMatchObject({ status: 200, body: "<!doctype html><title>the window</title>" });
  expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
  const script = await ask(stage.shell.port, "/assets/main.js", { cookie: stage.cookie });
  expect(script.headers["content-type"]).toBe("text/javascript; charset=utf-8");
  for (const wrong of ["", `${stage.cookie.split("=")[0]}=wrong`, `${stage.cookie}x`, stage.cookie.slice(0, -1)]) {
    const refused = await ask(stage.shell.port, "/", { cookie: wrong });
    expect(refused.status).toBe(401);
    expect(refused.body).toContain("Open the address that Repartee printed");
  }
  expect((await ask(stage.shell.port, "/?token=wrong")).status).toBe(401);
  expect((await ask(stage.shell.port, "/assets/main.js?token=x")).status).toBe(401);
});

test("the metrics are for whoever has the token, as a cookie or in the address, and the rest is not", async () => {
  const token = new URL(stage.shell.url).searchParams.get("token") ?? "";
  const metrics = await ask(stage.shell.port, `/metrics?token=${token}`);
  expect(metrics).toMatchObject({ status: 200, body: "replies_total 3\n" });
  expect(metrics.headers["content-type"]).toContain("version=0.0.4");
  expect((await ask(stage.shell.port, "/metrics", { cookie: stage.cookie })).status).toBe(200);
  expect((await ask(stage.shell.port, "/metrics")).status).toBe(401);
  expect((await ask(stage.shell.port, "/metrics?token=wrong")).status).toBe(401);
  expect((await ask(stage.shell.port, `/assets/main.js?token=${token}`)).status).toBe(401);
});

test("HEAD has no body and nothing but GET and HEAD is answered", async () => {
  expect(await ask(stage.shell.port, "/", { cookie: stage.cookie }, "HEAD")).toMatchObject({ status: 200, body: "" });
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"])
    expect((await ask(stage.shell.port, "/", { cookie: stage.cookie }, method)).status).toBe(403);
});

test.each([
  "/../secret.html",
  "/%2e%2e/secret.html",
  "/..%2fsecret.html",
  "/assets/..%2f..%2fsecret.html",
  "/..%5csecret.html",
  "/../renderer-too/secret.html",
  "/%2e%2e%2frenderer-too%2fsecret.html",
  "/index.html%00.js",
  "/%",
  "/%ff%fe",
  "/assets",
  "/assets/",
  "/notes.txt",
  "/missing.js",
  "/etc/passwd",
])("nothing outside the window's files is served: %s", async (path) => {
  expect((await ask(stage.shell.port, path, { cookie: stage.cookie })).status).toBe(404);
});

test.each(["//", "///x", "http://", "http://other.example/", "*", "/\\\\x", "x:y"])(
  "a malformed request target does not bring the shell down: %s",
  async (target) => {
    const host = `127.0.0.1:${stage.shell.port}`;
    const reply = await askRaw(
      stage.shell.port,
      `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nCookie: ${stage.cookie}\r\nConnection: close\r\n\r\n`,
    );
    expect(reply).toMatch(/^HTTP\/1\.1 (400|401|404|200) /);
    expect((await ask(stage.shell.port, "/", { cookie: stage.cookie })).status).toBe(200);
  },
);

test("every answer carries the security headers", async () => {
  for (const { headers } of [
    await ask(stage.shell.port, "/", { cookie: stage.cookie }),
    await ask(stage.shell.port, "/assets/main.js", { cookie: stage.cookie }),
    await ask(stage.shell.port, "/", {}),
    await ask(stage.shell.port, "/missing", { cookie: stage.cookie }),
  ]) {
    const policy = Object.fromEntries(
      String(headers["content-security-policy"])
        .split("; ")
        .map((directive) => [directive.slice(0, directive.indexOf(" ")), directive.slice(directive.indexOf(" ") + 1)]),
    );
    expect(policy).toMatchObject({
      "default-src": "'none'",
      "script-src": "'self'",
      "style-src": "'self'",
      "worker-src": "'self'",
      "connect-src": `'self' ws://127.0.0.1:${stage.shell.port}`,
      "frame-ancestors": "'none'",
    });
    expect(headers).toMatchObject({
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    });
    expect(headers["permissions-policy"]).toContain("microphone=(self)");
    expect(headers).not.toHaveProperty("access-control-allow-origin");
  }
});

test("a host name that was rebound to this machine is refused, token or not", async () => {
  const token = new URL(stage.shell.url).searchParams.get("token");
  for (const host of [
    "rebound.example",
    `rebound.example:${stage.shell.port}`,
    "127.0.0.1",
    `127.0.0.1:${stage.shell.port + 1}`,
  ]) {
    expect((await ask(stage.shell.port, "/", { cookie: stage.cookie, host })).status).toBe(403);
    expect((await ask(stage.shell.port, `/?token=${token}`, { host })).status).toBe(403);
  }
});

const outward = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === "IPv4" && !address.internal)?.address;

test.skipIf(!outward)(
  "the shell listens on the loopback address alone (skipped without a network address)",
  async () => {
    await expect(fetch(`http://${outward}:${stage.shell.port}/`)).rejects.toThrow("fetch failed");
  },
);

test("a port that is taken is a port-in-use failure", async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
  const { port } = blocker.address() as { port: number };
  const started = await startBrowserShell({ port, rendererFolder: stage.folder, endpoint: stage.endpoint });
  blocker.close();
  expect(started).toMatchObject({
    ok: false,
    failure: { code: "port-in-use", detail: expect.stringContaining(`${port}`) },
  });
});
