import { setTimeout as sleep } from "node:timers/promises";
import { PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import type { AudioSession } from "../../src-main/window/assistant-endpoint.ts";
import { startBrowserShell, type BrowserShell } from "../../src-main/window/browser-shell.ts";
import { FakeEndpoint } from "../../test/fakes/fake-endpoint.ts";
import { concatenate, resampleAll } from "../../src-main/streaming-resampler.ts";
import { spokenText } from "../../test/fixtures/speech.ts";
import { findIn } from "../../test/e2e/rig/analysis.ts";
import { startRigBrowser, type RigBrowser } from "../../test/e2e/rig/browser.ts";
import { ROOM_RATE_HZ } from "../../test/e2e/rig/sound-room.ts";
import { startSoundRig, type SoundRig } from "../../test/e2e/rig/sound-rig.ts";
import { speechOnsetMs } from "./speech-onset.ts";
import { Random } from "./set/random.ts";
import { findDucks, volumeSteps, type VolumeStep } from "./volume-steps.ts";

const ANSWER =
  "I can tell you the time and the date, set timers, calculate, convert units, and remember things for you. You can also ask me about almost anything else if a language model is connected. Just talk to me, and interrupt me whenever you like.";
const PIECE_MS = 250;
/** More than this is sent ahead of what is played. */
const AHEAD_MS = 1_500;
const DUCKED_DB = -12;
const SOFTER_DB = -6;
/** Faint noise under the answer, so that its volume can be told in its pauses too. */
const NOISE_PEAK_RATIO = 0.006;
/** The answer is found in the recording by so much of it, which nobody speaks over. */
const ALIGNED_MS = 1_000;
/** What a sound card takes to begin. */
const LONGEST_START_MS = 500;

/** What came of speech over playback that the assistant does nothing about; times in ms from the onset of the speech at the microphone. */
export interface SpokenOver {
  /** How far into the playback the speech began. */
  readonly atMs: number;
  /** When the output was at -12 dB or less. */
  readonly duckedMs: number | undefined;
  /** Microphone frames from 0.5 s before the onset on, as the assistant got them: 24 kHz. */
  readonly heard: Float32Array;
  /** From the onset to the first sample of `heard`. */
  readonly heardFromMs: number;
}

/** The page in Chromium in a virtual room where the microphone hears the speaker. It plays known speech, and nobody reacts but the page itself. */
export class SpeakingPage {
  readonly #rig: SoundRig;
  readonly #shell: BrowserShell;
  readonly #browser: RigBrowser;
  readonly #session: AudioSession;
  readonly #frames: { readonly pcm: Float32Array; readonly endedAtMs: number }[] = [];
  #generation = 0;

  private constructor(rig: SoundRig, shell: BrowserShell, browser: RigBrowser, session: AudioSession) {
    this.#rig = rig;
    this.#shell = shell;
    this.#browser = browser;
    this.#session = session;
    session.onMicrophoneFrame = ({ pcm, endedAtMs }) => void this.#frames.push({ pcm, endedAtMs });
    session.onSpeakerReport = () => undefined;
  }

  /** `echoRatio`: how much of the speaker the microphone hears. `rendererFolder`: the built page. */
  static async open(echoRatio: number, rendererFolder: string): Promise<SpeakingPage> {
    const rig = await startSoundRig({ echoRatio });
    const endpoint = new FakeEndpoint();
    const attached = new Promise<AudioSession>((resolve) => (endpoint.attachAudio = resolve));
    const shell = await startBrowserShell({ port: 0, rendererFolder, endpoint });
    if (!shell.ok) throw new Error(shell.failure.detail);
    const browser = await startRigBrowser(rig, { microphone: "granted" });
    await browser.context.grantPermissions(["microphone"]);
    await browser.page.goto(shell.value.url);
    const page = new SpeakingPage(rig, shell.value, browser, await attached);
    await sleep(2_500);
    await page.talkAlone();
    return page;
  }

  /** Speaks over one answer, `afterMs` into it. */
  async speakOver(pcm: Float32Array, afterMs: number): Promise<SpokenOver> {
    const playing = this.#play();
    await sleep(afterMs);
    const { startedAtMs } = await this.#rig.play(pcm);
    const onsetAtMs = startedAtMs + speechOnsetMs(pcm, ROOM_RATE_HZ);
    const beganAtMs = await playing;
    await sleep(400);
    const steps = await this.#volume(beganAtMs, onsetAtMs - ALIGNED_MS, onsetAtMs + 1_000);
    const duckedAtMs = findDucks(steps, DUCKED_DB).find((atMs) => atMs >= startedAtMs - onsetAtMs + ALIGNED_MS);
    const frames = this.#frames.filter(({ endedAtMs }) => endedAtMs > onsetAtMs - 500);
    const heard = Float32Array.from(frames.flatMap(({ pcm: frame }) => Array.from(frame)));
    const heardFromMs = (frames[0]?.endedAtMs ?? 0) - 32 - onsetAtMs;
    const duckedMs = duckedAtMs === undefined ? undefined : duckedAtMs - ALIGNED_MS;
    return { atMs: Math.round(onsetAtMs - beganAtMs), duckedMs, heard, heardFromMs };
  }

  /** Plays one answer to nobody. Tells its length, how often it got softer by 6 dB, and what the assistant heard. */
  async talkAlone(): Promise<{ readonly playedMs: number; readonly ducks: number; readonly heard: Float32Array }> {
    const from = this.#frames.length;
    const beganAtMs = await this.#play();
    await sleep(400);
    const playedMs = Date.now() - beganAtMs;
    const steps = await this.#volume(beganAtMs, beganAtMs + LONGEST_START_MS, beganAtMs + playedMs - 1_000);
    const ducks = findDucks(steps, SOFTER_DB).length;
    const heard = Float32Array.from(this.#frames.slice(from).flatMap(({ pcm }) => Array.from(pcm)));
    return { playedMs, ducks, heard };
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#shell.close();
    await this.#rig.close();
  }

  /** Plays the whole answer and resolves when it is over, with the instant at which it was begun. */
  async #play(): Promise<number> {
    const pcm = await answer();
    const generation = ++this.#generation;
    const { sendSpeakerCommand: send } = this.#session;
    send({ kind: "begin", generation, firstSample: 0 });
    const beganAtMs = Date.now();
    const piece = (PIECE_MS * PLAYBACK_RATE_HZ) / 1000;
    for (let from = 0; from < pcm.length; from += piece) {
      send({ kind: "pcm", generation, pcm: pcm.slice(from, from + piece) });
      if (from === piece) send({ kind: "start", generation });
      const aheadMs = (from * 1000) / PLAYBACK_RATE_HZ - (Date.now() - beganAtMs);
      if (aheadMs > AHEAD_MS) await sleep(aheadMs - AHEAD_MS);
    }
    send({ kind: "end", generation, totalSamples: pcm.length });
    await sleep((pcm.length * 1000) / PLAYBACK_RATE_HZ - (Date.now() - beganAtMs) + 150);
    return beganAtMs;
  }

  /** The volume from `fromMs` to `toMs` of the answer begun at `beganAtMs`. The answer is found by what is heard at first. */
  async #volume(beganAtMs: number, fromMs: number, toMs: number): Promise<VolumeStep[]> {
    const toSamples = (ms: number) => Math.round((ms * ROOM_RATE_HZ) / 1000);
    const silence = new Float32Array(toSamples(ALIGNED_MS));
    const spoken = await resampleAll(await answer(), PLAYBACK_RATE_HZ, ROOM_RATE_HZ);
    const undisturbed = concatenate([silence, spoken]);
    const heard = await this.#rig.cut(fromMs, toMs);
    const template = heard.subarray(0, toSamples(ALIGNED_MS - 30));
    const searchFrom = Math.max(0, toSamples(fromMs - beganAtMs));
    const searched = undisturbed.subarray(searchFrom, searchFrom + template.length + toSamples(ALIGNED_MS + 100));
    const { offsetSamples } = findIn(searched, template);
    return volumeSteps(heard, undisturbed, -offsetSamples - searchFrom, ROOM_RATE_HZ);
  }
}

/** What is played, at PLAYBACK_RATE_HZ. */
async function answer(): Promise<Float32Array> {
  const random = new Random("answer");
  const pcm = await spokenText(ANSWER, "slt", PLAYBACK_RATE_HZ);
  return pcm.map((sample) => sample + random.between(-NOISE_PEAK_RATIO, NOISE_PEAK_RATIO));
}
