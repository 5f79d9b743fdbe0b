import { succeeded } from "../../../src-shared/failure.ts";
import { createResponder } from "../../../src-main/respond/create-responder.ts";
import { TimerStore } from "../../../src-main/respond/timer-store.ts";
import type {
  EndOfTurnPredictor,
  PauseEvidence,
  ReplyPart,
  ReplyRequest,
  Responder,
  SpeechRequest,
  TranscriptionRequest,
} from "../../../src-main/turn/ports.ts";
import type { TurnStages } from "../../../src-main/turn/runner.ts";
import { settingsSchema } from "../../../src-shared/settings.ts";
import type { EngineMemory } from "./engine-memory.ts";
import { SerialEngine } from "./serial-engine.ts";
import type { VirtualClock } from "./virtual-clock.ts";
import { VirtualStreamPlayer } from "./virtual-stream-player.ts";

/** A Wednesday morning in UTC. */
const TODAY_MS = Date.UTC(2025, 2, 12, 9, 30);

/** The stages of one conversation in virtual time, that hear the stream `streamId` of {@link EngineMemory.detectAll}. */
export function createVirtualStages(
  clock: VirtualClock,
  memory: EngineMemory,
  predictor: EndOfTurnPredictor,
  streamId: string,
): TurnStages {
  const player = new VirtualStreamPlayer(clock);
  const detect = new SerialEngine(clock, memory.detector(streamId));
  const transcribe = new SerialEngine(clock, (request: TranscriptionRequest) => memory.transcribe(request, clock));
  const predict = new SerialEngine(clock, (evidence: PauseEvidence) =>
    clock.measure(() => predictor.predict(evidence, new AbortController().signal)),
  );
  const speak = new SerialEngine(clock, async (request: SpeechRequest) => {
    const startedAtMs = clock.nowMs();
    const { value, elapsedMs } = await memory.speak(request, clock);
    if (!value.ok || value.value.samples === 0) return { value, elapsedMs };
    const firstPcmAtMs = startedAtMs + value.value.firstPcmAtMs;
    clock.schedule(firstPcmAtMs, () => player.arrived(request.generation));
    const lastPcmAtMs = startedAtMs + value.value.lastPcmAtMs;
    return { value: succeeded({ ...value.value, firstPcmAtMs, lastPcmAtMs }), elapsedMs };
  });
  const close = async (): Promise<void> => undefined;
  return {
    clock,
    player,
    detector: { detect: (frame) => detect.request(frame), close },
    transcriber: { transcribe: (request, signal) => transcribe.request(request, signal), close },
    predictor: {
      begin: () => predictor.begin(),
      hear: (frame) => predictor.hear(frame),
      predict: (evidence, signal) => predict.request(evidence, signal),
      close,
    },
    synthesizer: { speak: (request) => speak.request(request), close },
    responder: inVirtualTime(clock, createEmbeddedResponder()),
    speaking: () => ({ voice: "slt", rateRatio: 1, volumeRatio: 1 }),
  };
}

/** The skills, without a language model and without a memory of timers. */
export function createEmbeddedResponder(): Responder {
  const nowMs = (): number => TODAY_MS;
  const schedule = () => () => undefined;
  const storage = { load: () => undefined, save: () => undefined };
  const timers = new TimerStore({ nowMs, schedule, storage });
  const settings = settingsSchema.parse({});
  return createResponder({ settings: () => settings, nowMs, random: () => 0, changeSettings: () => undefined, timers });
}

/** Each part of a reply takes as long as it really took. */
function inVirtualTime(clock: VirtualClock, responder: Responder): Responder {
  return {
    async *respond(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyPart> {
      const parts = responder.respond(request, signal)[Symbol.asyncIterator]();
      for (;;) {
        const startedAtMs = clock.nowMs();
        const { value: part, elapsedMs } = await clock.measure(() => parts.next());
        await clock.until(startedAtMs + elapsedMs);
        if (part.done) return;
        yield part.value;
      }
    },
  };
}
