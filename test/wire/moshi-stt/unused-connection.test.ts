import { expect, test } from "vitest";
import { createMoshiTranscriber } from "../../../src-main/wire/moshi-stt/moshi-transcriber.ts";
import { startWebSocketPeer } from "../web-socket-peer.ts";

const SPEECH = { pcm: new Float32Array(3_200).fill(0.3) };

test("a server that is not waited for any longer gets its channel back", async () => {
  const peer = await startWebSocketPeer();
  const client = createMoshiTranscriber({ url: peer.url, mostAttempts: 1 });
  const abort = new AbortController();
  const asked = client.transcribe(SPEECH, abort.signal);
  await expect.poll(() => peer.connections.size).toBe(1);
  abort.abort(new Error("not wanted"));
  await expect(asked).rejects.toThrow("not wanted");
  await expect.poll(() => peer.connections.size).toBe(0);
  await client.close();
});
