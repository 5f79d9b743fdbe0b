import { existsSync, readdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { msToSamples, PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { failed, failure, succeeded, type Failure, type Outcome } from "../../src-shared/failure.ts";
import { PlaybackProcess } from "../../src-shared/playback-process.ts";
import type { SpeakerCommand } from "../../src-shared/speaker-protocol.ts";
import { nowMs } from "../session-clock.ts";
import { DEVICE_AHEAD_MS, type ReportListener, type SpeakerDevice } from "./speaker-device.ts";

/** One block of the sound card. The card holds one block while the next is rendered. */
const BLOCK_MS = 20;
/** What the card and a sound server before it hold back is still heard when the output is closed. */
const LAST_SOUND_MS = 200;
const THREAD_END_MS = 300;
const LOST_AFTER_MS = 1_000;
/** Calls are this late without the card running dry. */
const TOLERANCE_MS = 5;

/** On Linux a missing sound card makes the sound library print lines of its own, so it is only asked where there may be one. */
function mayHaveOutput(): boolean {
  if (process.platform !== "linux" || process.env["PULSE_SERVER"]) return true;
  const runtimeFolder = process.env["XDG_RUNTIME_DIR"] ?? `/run/user/${process.getuid?.() ?? 0}`;
  if (existsSync(`${runtimeFolder}/pulse/native`) || existsSync(`${runtimeFolder}/pipewire-0`)) return true;
  try {
    return readdirSync("/dev/snd").some((name) => /^pcm.*p$/.test(name));
  } catch {
    return false;
  }
}

/**
 * The machine's default output through the system's own sound interface (ALSA, Core Audio, Windows), for commands and headless use. Code:
 * output-missing. The card pulls; its latency is not reported by the package and is taken to be one block. A block that is asked for after the one before must have
 * been played out is a gap of the card's own, and counted as one. A card that asks for nothing for a second is lost (`onLost`, output-lost); should it
 * ask again, playback goes on from the same sample. Player thread.
 */
export async function openNativeDevice(
  onReport: ReportListener,
  onLost: (failure: Failure) => void,
): Promise<Outcome<SpeakerDevice>> {
  if (!mayHaveOutput()) return failed("output-missing", "play", "there is no sound card and no sound server", true);
  const playback = new PlaybackProcess({
    sampleRateHz: PLAYBACK_RATE_HZ,
    capacitySamples: msToSamples(DEVICE_AHEAD_MS + 1_000, PLAYBACK_RATE_HZ),
  });
  const tellReports = (): void => {
    for (let report = playback.takeReport(); report; report = playback.takeReport()) onReport(report);
  };
  let block = new Float32Array(0);
  let playedOutAtMs = Number.POSITIVE_INFINITY;
  let isLost = false;
  const watch = setInterval(() => {
    if (isLost || nowMs() - playedOutAtMs < LOST_AFTER_MS) return;
    isLost = true;
    onLost(failure("output-lost", "play", "the sound card takes no more sound", true));
  }, LOST_AFTER_MS / 4);
  const render = (out: Int16Array): void => {
    const calledAtMs = nowMs();
    isLost = false;
    if (calledAtMs > playedOutAtMs + TOLERANCE_MS) playback.missed(calledAtMs - playedOutAtMs);
    playedOutAtMs = Math.max(calledAtMs, playedOutAtMs === Number.POSITIVE_INFINITY ? 0 : playedOutAtMs) + BLOCK_MS;
    if (block.length !== out.length) block = new Float32Array(out.length);
    playback.process(block, calledAtMs + BLOCK_MS, BLOCK_MS);
    for (let index = 0; index < out.length; index++) {
      out[index] = Math.round(Math.max(-1, Math.min(1, block[index] as number)) * 32_767);
    }
    tellReports();
  };
  try {
    const { createAudioOutput } = await import("@echogarden/audio-io");
    const format = { sampleRate: PLAYBACK_RATE_HZ, channelCount: 1, bufferDuration: BLOCK_MS };
    const output = await createAudioOutput(format, render);
    return succeeded({
      name: "native",
      command(message: SpeakerCommand) {
        playback.command(message, nowMs());
        tellReports();
      },
      pcm: (generation, samples) => playback.append(generation, samples),
      close: async () => {
        playback.tellPosition();
        tellReports();
        clearInterval(watch);
        // The package waits for a card that is gone, for ever.
        if (isLost) return;
        await delay(LAST_SOUND_MS);
        await output.dispose();
        // The card's own thread ends a little later; this thread must not be gone by then.
        await delay(THREAD_END_MS);
      },
    });
  } catch (error) {
    clearInterval(watch);
    return failed("output-missing", "play", `no sound output can be opened: ${(error as Error).message}`, true);
  }
}
