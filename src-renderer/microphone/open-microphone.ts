import type { MicrophoneSettings } from "../../src-shared/request-schemas.ts";

/** Shorter than the 20 ms that a browser takes for unprocessed sound by itself. */
const SHORT_LATENCY = { latency: 0.01 };

/** Longer than the time between two looks: 341 ms at 24 kHz. */
const HEARD_SAMPLES = 8_192;
/** Above the traces that processing leaves of digital silence, below the faintest noise of any converter. */
const SILENT_BELOW_RATIO = 1e-6;

/** A microphone in use. */
export interface OpenMicrophone {
  readonly track: MediaStreamTrack;
  /** As it was opened. */
  readonly settings: MicrophoneSettings;
  /** The device now gives another sample rate than it was opened with, as a headset does that changes its profile. */
  hasChanged(): boolean;
  /** Whether it gave any sound within the last third of a second, as far as it is connected; zeros are none. */
  sounds(): boolean;
  /** Sends its sound to one of the inputs there, through a queue that is empty; once more when it is connected already. */
  connect(context: AudioContext, sink: AudioNode): void;
  /** Sends its sound to this input only. */
  use(input: number): void;
  /** Stays open, but its sound goes there no more. */
  disconnect(sink: AudioNode): void;
  /** Releases the device. */
  close(): void;
}

/** What became of an attempt to open a microphone. */
export type MicrophoneOpening =
  | { readonly ok: true; readonly microphone: OpenMicrophone }
  | { readonly ok: false; readonly problem: "denied" | "missing" | "busy" };

/**
 * Opens the microphone of this name, or the system's default where there is none of that name, with its sound as it is: what is played is
 * taken out of it on the audio thread. Asks the user if need be. Devices are found by name because browsers rotate their ids.
 */
export async function openMicrophone(label: string): Promise<MicrophoneOpening> {
  try {
    const deviceId = await findDevice(label);
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: {
        echoCancellation: false,
        noiseSuppression: false,
        autoGainControl: false,
        channelCount: 1,
        ...(deviceId && { deviceId: { exact: deviceId } }),
        ...SHORT_LATENCY,
      },
    });
    return { ok: true, microphone: use(stream) };
  } catch (error) {
    return { ok: false, problem: problemOf((error as DOMException).name) };
  }
}

/** Calls back when the track ends by itself, and when the system silences it or lets it sound again. */
export function keepWatch(
  track: MediaStreamTrack,
  callbacks: { readonly ended: () => void; readonly silenced: (silenced: boolean) => void },
): void {
  track.addEventListener("ended", callbacks.ended);
  track.addEventListener("mute", () => callbacks.silenced(true));
  track.addEventListener("unmute", () => callbacks.silenced(false));
}

async function findDevice(label: string): Promise<string | undefined> {
  if (label === "") return undefined;
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.find((device) => device.kind === "audioinput" && device.label === label)?.deviceId;
}

function use(stream: MediaStream): OpenMicrophone {
  const [track] = stream.getAudioTracks() as [MediaStreamTrack];
  const settings = readSettings(track);
  const sources: (MediaStreamAudioSourceNode | undefined)[] = [undefined, undefined];
  let analyser: AnalyserNode | undefined;
  const drop = (input: number): void => {
    sources[input]?.disconnect();
    sources[input] = undefined;
  };
  const heard = new Float32Array(HEARD_SAMPLES);
  return {
    track,
    settings,
    hasChanged: () => readSettings(track).sampleRateHz !== settings.sampleRateHz,
    sounds() {
      analyser?.getFloatTimeDomainData(heard);
      return heard.some((sample) => Math.abs(sample) > SILENT_BELOW_RATIO);
    },
    disconnect: (sink) => {
      for (const source of sources) source?.disconnect(sink);
    },
    connect(context, sink) {
      const input = sources[0] ? 1 : 0;
      drop(input);
      const source = new MediaStreamAudioSourceNode(context, { mediaStream: stream });
      source.connect(sink, 0, input);
      analyser ??= new AnalyserNode(context, { fftSize: HEARD_SAMPLES });
      source.connect(analyser);
      sources[input] = source;
    },
    use(input) {
      if (sources[input]) drop(1 - input);
    },
    close() {
      for (const input of sources.keys()) drop(input);
      track.stop();
    },
  };
}

function readSettings(track: MediaStreamTrack): MicrophoneSettings {
  const { sampleRate, channelCount, latency, echoCancellation, noiseSuppression, autoGainControl } =
    track.getSettings() as MediaTrackSettings & { readonly latency?: number };
  return {
    deviceLabel: track.label.slice(0, 200),
    ...(sampleRate !== undefined && { sampleRateHz: sampleRate }),
    ...(channelCount !== undefined && { channelCount }),
    ...(latency !== undefined && { latencyMs: latency * 1000 }),
    ...(echoCancellation !== undefined && { echoCancellation }),
    ...(noiseSuppression !== undefined && { noiseSuppression }),
    ...(autoGainControl !== undefined && { autoGainControl }),
  };
}

function problemOf(name: string): "denied" | "missing" | "busy" {
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "missing";
}
