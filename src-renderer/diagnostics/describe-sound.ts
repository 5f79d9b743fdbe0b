import type { MicrophoneSettings } from "../../src-shared/request-schemas.ts";
import type { SoundContext } from "../audio/describe-context.ts";
import { STRINGS } from "../strings.ts";

const TEXT = STRINGS.diagnostics;

/** Rate, channels and latency of the open microphone, as far as the browser tells. */
export function describeFormat({ sampleRateHz, channelCount, latencyMs }: MicrophoneSettings = {}): string {
  const parts = [
    sampleRateHz !== undefined && inKilohertz(sampleRateHz),
    channelCount !== undefined && TEXT.channels(channelCount),
    latencyMs !== undefined && TEXT.latency(Math.round(latencyMs)),
  ].filter((part) => part !== false);
  return parts.join(", ") || TEXT.unknown;
}

/** What the browser does to the microphone's sound and what it does not, as far as it tells. */
export function describeProcessing(settings: MicrophoneSettings = {}): string {
  const namesOf = (wanted: boolean) =>
    (["echoCancellation", "noiseSuppression", "autoGainControl"] as const)
      .filter((name) => settings[name] !== undefined && (settings[name] !== false) === wanted)
      .map((name) => TEXT[name]);
  const [on, off] = [namesOf(true), namesOf(false)];
  const parts = [on.length > 0 && TEXT.on(on.join(", ")), off.length > 0 && TEXT.off(off.join(", "))];
  return parts.filter((part) => part !== false).join("; ") || TEXT.unknown;
}

/** Rate, latency and state of the page's audio context. */
export function describeSound({ rateHz, outputLatencyMs, state }: SoundContext): string {
  return `${inKilohertz(rateHz)}, ${TEXT.latency(Math.round(outputLatencyMs))}, ${TEXT.states[state] ?? state}`;
}

function inKilohertz(rateHz: number): string {
  return `${Number((rateHz / 1000).toFixed(3))} kHz`;
}
