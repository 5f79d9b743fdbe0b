import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CAPTURE_RATE_HZ,
  FRAME_MS,
  RECOGNITION_FRAME_SAMPLES,
  RECOGNITION_RATE_HZ,
} from "../../src-shared/audio-format.ts";
import { createSileroDetector } from "../../src-main/detect/silero-detector.ts";
import { resampleAll } from "../../src-main/streaming-resampler.ts";
import { createMoonshineTranscriber } from "../../src-main/transcribe/moonshine-transcriber.ts";
import { Endpointer } from "../../src-main/turn/endpointer.ts";
import type { PauseEvidence, Transcriber, Transcript, VoiceDetector } from "../../src-main/turn/ports.ts";
import { UtteranceBuffer } from "../../src-main/turn/utterance-buffer.ts";
import { UtteranceTranscription } from "../../src-main/turn/utterance-transcription.ts";
import type { Half, TurnItem } from "./set/turn-item.ts";
import { turnSet } from "./set/turn-set.ts";

/** A pause that the endpointer saw in a turn, with what was known when it was seen. Times in ms from the first sample of the turn. */
export interface SeenPause {
  readonly turnId: string;
  /** The user had said all. */
  readonly isEnd: boolean;
  /** Kind of the true pause that it lies in; undefined at the end, and where none is. */
  readonly kind: string | undefined;
  /** True end of the turn. */
  readonly turnEndMs: number;
  readonly speechEndedAtMs: number;
  /** When it was seen: the end of the frame. */
  readonly seenAtMs: number;
  /** When speech was seen again, if it was. */
  readonly resumedAtMs: number | undefined;
  /** Of what was said until then; undefined when there was too little. */
  readonly transcript: Transcript | undefined;
  /** The utterance with what was heard of the pause: mono at RECOGNITION_RATE_HZ, 16 bits, base64. */
  readonly pcm: string;
  readonly speechEndSample: number;
}

/** The detector may see the end a little before the true one: the last sound of a word is quiet. */
const END_TOLERANCE_MS = 160;

/** All pauses that are seen in one half of the set; kept in the system's temporary folder. */
export async function seenPauses(half: Half, seed = "repartee"): Promise<readonly SeenPause[]> {
  const folder = join(tmpdir(), "repartee-seen-pauses");
  const path = join(folder, `pauses-${half}-${seed}.json`);
  if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")) as SeenPause[];
  const detector = createSileroDetector({});
  const transcriber = createMoonshineTranscriber({});
  await Promise.all([detector.ready, transcriber.ready]);
  const pauses: SeenPause[] = [];
  for await (const turn of turnSet(half, seed)) {
    pauses.push(...(await pausesOf(turn, detector, transcriber)));
  }
  await Promise.all([detector.close(), transcriber.close()]);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, JSON.stringify(pauses));
  return pauses;
}

/** What was said until a pause, as the predictor gets it. */
export function evidenceOf({ pcm, speechEndSample, transcript }: SeenPause): PauseEvidence | undefined {
  const bytes = Buffer.from(pcm, "base64");
  const samples = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  return transcript && { pcm: Float32Array.from(samples, (sample) => sample / 32_767), speechEndSample, transcript };
}

function encodePcm(pcm: Float32Array): string {
  const samples = Int16Array.from(pcm, (sample) => Math.round(Math.max(-1, Math.min(1, sample)) * 32_767));
  return Buffer.from(samples.buffer).toString("base64");
}

async function pausesOf(turn: TurnItem, detector: VoiceDetector, transcriber: Transcriber): Promise<SeenPause[]> {
  const pcm = await resampleAll(turn.pcm, CAPTURE_RATE_HZ, RECOGNITION_RATE_HZ);
  const endpointer = new Endpointer();
  const buffer = new UtteranceBuffer();
  const pauses: SeenPause[] = [];
  let utterance: UtteranceTranscription | undefined;
  for (let frame = 0; (frame + 1) * RECOGNITION_FRAME_SAMPLES <= pcm.length; frame++) {
    const samples = pcm.slice(frame * RECOGNITION_FRAME_SAMPLES, (frame + 1) * RECOGNITION_FRAME_SAMPLES);
    const seenAtMs = (frame + 1) * FRAME_MS;
    buffer.append(samples, seenAtMs);
    const probability = await detector.detect(samples);
    if (!probability.ok) throw new Error(probability.failure.detail);
    const event = endpointer.accept(probability.value, seenAtMs);
    if (event?.kind === "speech-started") {
      utterance = new UtteranceTranscription(transcriber, buffer, event.atMs, () => undefined);
    }
    if (event?.kind === "speech-resumed") {
      utterance?.resume(event.atMs);
      pauses.push({ ...(pauses.pop() as SeenPause), resumedAtMs: seenAtMs });
    }
    if (endpointer.isSpeech) utterance?.continue(probability.value, seenAtMs);
    if (event?.kind !== "speech-paused" || !utterance) continue;
    const heard = await utterance.pause(event.speechEndedAtMs, seenAtMs);
    if (!heard.ok) throw new Error(heard.failure.detail);
    pauses.push({
      turnId: turn.id,
      isEnd: event.speechEndedAtMs >= turn.endMs - END_TOLERANCE_MS,
      kind: turn.pauses.find(({ fromMs, toMs }) => seenAtMs >= fromMs && seenAtMs <= toMs + FRAME_MS)?.kind,
      turnEndMs: turn.endMs,
      speechEndedAtMs: event.speechEndedAtMs,
      seenAtMs,
      resumedAtMs: undefined,
      transcript: heard.value.last,
      pcm: encodePcm(heard.value.pcm),
      speechEndSample: heard.value.speechEndSample,
    });
  }
  return pauses;
}
