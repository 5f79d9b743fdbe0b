import { expect, test } from "vitest";
import { createMoshiTranscriber } from "../../../src-main/wire/moshi-stt/moshi-transcriber.ts";
import { SttConnection } from "../../../src-main/wire/moshi-stt/stt-connection.ts";
import { encodeSttServerMessage } from "../../../src-main/wire/moshi-stt/stt-messages.ts";
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

test("words that nobody wants any longer are not waited for", async () => {
  const peer = await startWebSocketPeer((socket) => socket.send(encodeSttServerMessage({ type: "Ready" })));
  const opened = await SttConnection.open({ url: peer.url }, new AbortController().signal);
  if (!opened.ok) throw new Error(opened.failure.detail);
  await expect(opened.value.flush(AbortSignal.abort(new Error("not wanted")))).rejects.toThrow("not wanted");
  await opened.value.close();
});
