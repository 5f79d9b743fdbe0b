import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CAPTURE_RATE_HZ } from "../../src-shared/audio-format.ts";
import { DEFAULT_DRAIN_FRAMES } from "../../src-main/wire/framed-pcm/framed-pcm-runtime.ts";
import { STEP_SAMPLES } from "../../src-main/wire/served-conversation.ts";
import { encodeAudio, PACKET_KINDS, PacketDecoder, type Packet } from "../../src-main/wire/framed-pcm/packet-codec.ts";
import { ENTRY } from "../../test/fixtures/entry.ts";
import { spokenText } from "../../test/fixtures/speech.ts";
import { atLeast, atMost, quantile, type BenchResult } from "../bench-result.ts";

const MINUTES = 30;
const FRAMES_A_MINUTE = (60 * CAPTURE_RATE_HZ) / STEP_SAMPLES;
/** Engines have seen everything by then. */
const WARM_AFTER_MINUTES = 5;
const MOST_GROWTH_BYTES = 32 * 2 ** 20;
const QUESTIONS = ["What time is it?", "What is five plus four?", "How many minutes are in three hours?"];

/**
 * Half an hour of audio through `repartee stdio`, with a question every minute, one packet sent for each that came: frames out, answers, and the
 * memory of the process. See README.md.
 */
export async function benchStdioHalfHour(): Promise<BenchResult> {
  const questions = await Promise.all(QUESTIONS.map((text) => spokenText(text, "slt", CAPTURE_RATE_HZ)));
  const home = mkdtempSync(join(tmpdir(), "repartee-bench-"));
  const child = spawn(process.execPath, [ENTRY, "stdio"], { env: { ...process.env, REPARTEE_HOME: home } });
  try {
    const packets = packetsOf(child);
    const residentBytes: number[] = [];
    const stepMs: number[] = [];
    const minutesOfTexts: number[] = [];
    let [soundPackets, otherPackets] = [0, 0];
    let minute = 0;
    const count = ({ kind }: Packet): boolean => {
      if (kind === PACKET_KINDS.audio) soundPackets++;
      else if (kind === PACKET_KINDS.text) minutesOfTexts.push(minute);
      else otherPackets++;
      return kind === PACKET_KINDS.audio;
    };
    await packets.next();
    const startedAtMs = performance.now();
    for (; minute < MINUTES; minute++) {
      const question = questions[minute % questions.length] as Float32Array;
      for (let frame = 0; frame < FRAMES_A_MINUTE; frame++) {
        const sentAtMs = performance.now();
        child.stdin.write(encodeAudio(pieceOf(question, frame)));
        while (!count(await nextOf(packets)));
        stepMs.push(performance.now() - sentAtMs);
      }
      residentBytes.push(residentBytesOf(child.pid as number));
    }
    const elapsedMs = performance.now() - startedAtMs;
    child.stdin.end();
    for await (const packet of packets) count(packet);
    const minutesAnswered = new Set(minutesOfTexts.filter((at) => at < MINUTES)).size;
    const framesIn = MINUTES * FRAMES_A_MINUTE;
    const before = quantile(residentBytes.slice(WARM_AFTER_MINUTES, 2 * WARM_AFTER_MINUTES), 0.5);
    const after = quantile(residentBytes.slice(-WARM_AFTER_MINUTES), 0.5);
    const row = {
      part: "stdio",
      "minutes of audio": MINUTES,
      "frames in": framesIn,
      "frames out": soundPackets,
      "text packets": minutesOfTexts.length,
      "minutes answered": minutesAnswered,
      "other packets": otherPackets,
      "times real time": (MINUTES * 60_000) / elapsedMs,
      "step p50 ms": quantile(stepMs, 0.5),
      "step p95 ms": quantile(stepMs, 0.95),
      "resident after 10 min MB": before / 1e6,
      "resident at the end MB": after / 1e6,
    };
    const missing = Math.abs(framesIn + DEFAULT_DRAIN_FRAMES - soundPackets);
    return {
      rows: [row],
      verdicts: [
        atMost("stdio: frames missing or too many in half an hour", missing, 0),
        atMost("stdio: error packets in half an hour", otherPackets, 0),
        atLeast("stdio: minutes in which something was answered, of half an hour", minutesAnswered, MINUTES),
        atMost("stdio: growth of memory in the last 20 of 30 minutes, bytes", after - before, MOST_GROWTH_BYTES),
      ],
    };
  } finally {
    child.kill("SIGKILL");
    rmSync(home, { recursive: true, force: true });
  }
}

/** One step of a minute that begins with a second of silence and a question. */
function pieceOf(question: Float32Array, frame: number): Float32Array {
  const piece = new Float32Array(STEP_SAMPLES);
  const from = frame * STEP_SAMPLES - CAPTURE_RATE_HZ;
  if (from >= 0) piece.set(question.subarray(from, from + STEP_SAMPLES));
  return piece;
}

async function* packetsOf(child: ChildProcessWithoutNullStreams): AsyncGenerator<Packet, undefined> {
  const decoder = new PacketDecoder();
  for await (const bytes of child.stdout) {
    const { packets, failure } = decoder.push(bytes as Buffer);
    if (failure) throw new Error(failure.detail);
    yield* packets;
  }
}

async function nextOf(packets: AsyncGenerator<Packet, undefined>): Promise<Packet> {
  const { value } = await packets.next();
  if (!value) throw new Error("repartee stdio has ended");
  return value;
}

/** Memory of a process; NaN where the system does not tell. */
function residentBytesOf(pid: number): number {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes) * 1_024;
  } catch {
    return Number.NaN;
  }
}
