import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { CAPTURE_RATE_HZ } from "../../src-shared/audio-format.ts";
import { envelopeDb } from "../../test/e2e/rig/analysis.ts";
import { startRigBrowser } from "../../test/e2e/rig/browser.ts";
import { startSoundRig, type SoundRig } from "../../test/e2e/rig/sound-rig.ts";
import { ROOM_RATE_HZ } from "../../test/e2e/rig/sound-room.ts";

const STEP_MS = 1;
const BURST_MS = 150;
const SOFTER_DB = 12;

/**
 * How long the sound card, its server and the browser take by themselves: a page plays a tone and lowers it by 14 dB at the first loud sample
 * of the microphone. From that sample to the softer tone at the speaker, in ms, so many times. No detector of speech is faster.
 */
export async function measureSoundLoop(count: number): Promise<number[]> {
  const rig = await startSoundRig();
  const server = await servePage();
  const browser = await startRigBrowser(rig, { microphone: "granted" });
  try {
    await browser.page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await browser.page.evaluate("start()");
    await sleep(1_500);
    const loopMs: number[] = [];
    for (let index = 0; index < count; index++) loopMs.push(await measureOnce(rig, index));
    return loopMs;
  } finally {
    await browser.close();
    server.close();
    await rig.close();
  }
}

async function measureOnce(rig: SoundRig, index: number): Promise<number> {
  await sleep(400 + ((index * 37) % 100));
  const burst = new Float32Array((BURST_MS * ROOM_RATE_HZ) / 1000)
    .fill(0.3)
    .map((level, at) => (at & 32 ? level : -level));
  const { startedAtMs } = await rig.play(burst);
  await sleep(500);
  const level = envelopeDb(await rig.cut(startedAtMs - 50, startedAtMs + 400), ROOM_RATE_HZ, STEP_MS);
  const usual = level[10] as number;
  const softAt = level.findIndex((db) => db < usual - SOFTER_DB);
  return softAt < 0 ? Infinity : softAt * STEP_MS - 50;
}

async function servePage(): Promise<Server> {
  const server = createServer((request, response) => {
    const isWorklet = request.url === "/worklet.js";
    response.setHeader("Content-Type", isWorklet ? "text/javascript" : "text/html");
    response.end(isWorklet ? WORKLET : PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const WORKLET = `registerProcessor("loop", class extends AudioWorkletProcessor {
  phase = 0;
  held = 0;
  process([[heard]], [[out]]) {
    if (heard?.some((sample) => Math.abs(sample) > 0.05)) this.held = sampleRate / 4;
    this.held -= out.length;
    for (let index = 0; index < out.length; index++) {
      this.phase += (2 * Math.PI * 2000) / sampleRate;
      out[index] = Math.sin(this.phase) * (this.held > 0 ? 0.04 : 0.2);
    }
    return true;
  }
});`;

const PAGE = `<!doctype html><title>loop</title><script type="module">
  window.start = async () => {
    const processing = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const audio = { ...processing, channelCount: 1, latency: 0.01 };
    const stream = await navigator.mediaDevices.getUserMedia({ audio });
    const context = new AudioContext({ sampleRate: ${CAPTURE_RATE_HZ}, latencyHint: "interactive" });
    await context.audioWorklet.addModule("worklet.js");
    const node = new AudioWorkletNode(context, "loop", { channelCount: 1, outputChannelCount: [1] });
    context.createMediaStreamSource(stream).connect(node).connect(context.destination);
    await context.resume();
  };
</script>`;
