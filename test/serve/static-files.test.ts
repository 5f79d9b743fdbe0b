import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { staticFiles } from "../../src-main/serve/static-files.ts";
import { testFolder } from "../cli/run-repartee.ts";
import { startTestServer } from "../wire/start-test-server.ts";

test.skipIf(process.platform !== "linux")("asking for the headers of a file leaves no file open", async () => {
  const folder = testFolder();
  writeFileSync(join(folder, "page.html"), "hello");
  const server = await startTestServer([], { elsewhere: staticFiles(folder) });
  const head = (): Promise<Response> => fetch(`${server.url}/page.html`, { method: "HEAD" });
  expect((await head()).status).toBe(200);
  const open = readdirSync("/proc/self/fd").length;
  for (let count = 0; count < 20; count++) await head();
  expect(readdirSync("/proc/self/fd").length).toBeLessThan(open + 10);
  expect(await (await fetch(`${server.url}/page.html`)).text()).toBe("hello");
});
