import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { StreamFeed } from "../../../src-main/play/stream-feed.ts";
import { testFolder } from "../../cli/run-repartee.ts";
import { serve } from "../source/audio-server.ts";
import { feedThrough } from "./feeding.ts";
import { hangingFfmpeg, M4A_WITHOUT_INDEX } from "./hanging-ffmpeg.ts";

/** Usually 20 ms; a busy machine takes longer. */
const SOON_MS = 300;

/** A feed whose thread has these variables in its environment. */
function feedIn(environment: Readonly<Record<string, string>>): StreamFeed {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const feed = new StreamFeed();
  vi.unstubAllEnvs();
  onTestFinished(() => feed.close());
  return feed;
}

function m4aIn(folder: string) {
  const path = join(folder, "a.m4a");
  writeFileSync(path, M4A_WITHOUT_INDEX);
  return { kind: "file", path } as const;
}

test("stopping does not wait for an ffmpeg that decodes a complete file, which is gone then", async () => {
  const folder = testFolder();
  const [source, spools] = [m4aIn(folder), join(folder, "spools")];
  mkdirSync(spools);
  const feed = feedIn({ PATH: hangingFfmpeg(folder), TMPDIR: spools });
  await feed.ready;
  const startedAtMs = performance.now();
  const stopsAt = (): boolean => performance.now() - startedAtMs > 500;
  const { result } = await feedThrough(feed, { source }, { stopsAt });
  expect(performance.now() - startedAtMs).toBeLessThan(500 + SOON_MS);
  expect(result.failure).toBeUndefined();
  expect(readdirSync(spools)).toEqual([]);
});

test("a file that cannot be kept until it is complete is a failure", async () => {
  const folder = testFolder();
  const feed = feedIn({ PATH: hangingFfmpeg(folder), TMPDIR: join(folder, "none") });
  const { result } = await feedThrough(feed, { source: m4aIn(folder) });
  expect(result).toMatchObject({ samples: 0, failure: { code: "output-unwritable" } });
});

test("a source that nothing can decode is let go", async () => {
  const isClosed = Promise.withResolvers<void>();
  const host = await serve((_, response) => {
    response.on("close", isClosed.resolve);
    response.writeHead(200, { "content-type": "audio/aac" }).write(Uint8Array.of(0xff, 0xf1, 0x50, 0x80));
  });
  const feed = feedIn({ PATH: "/nowhere" });
  const { result } = await feedThrough(feed, { source: { kind: "url", url: `http://${host}/` } });
  expect(result.failure).toMatchObject({
    code: "input-unreadable",
    detail: expect.stringContaining("ffmpeg") as string,
  });
  await isClosed.promise;
});
