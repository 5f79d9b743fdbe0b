import { CAPTURE_RATE_HZ, samplesToMs } from "../../../src-shared/audio-format.ts";
import { finiteSamples } from "../../../src-shared/clean-samples.ts";
import type { Listener, ListenerEvent, ServedEngines } from "../served-engines.ts";
import type { ServerSocket } from "../server-socket.ts";
import type { ChannelMeter } from "../session-meters.ts";
import type { SocketMessage } from "../socket-message.ts";
import { MarkerQueue, type HeardSoFar } from "./marker-queue.ts";
import { OggOpusInput, type OggOpusDecoder } from "../ogg-opus/ogg-opus-input.ts";
import { pauseProbabilities } from "./pause-probabilities.ts";
import { decodeSttClientMessage, encodeSttServerMessage, type SttServerMessage } from "./stt-messages.ts";

/** One frame of the protocol. */
const STEP_MS = 80;
/** A client that sends other things than messages for so long is given up. */
const LONGEST_WITHOUT_MESSAGE_MS = 120_000;
/** Of the latest pieces of audio it is known when they arrived: 13 minutes of usual ones. */
const MOST_ARRIVALS = 10_000;

/** What sessions share. */
export interface SttSessionContext {
  readonly engines: Pick<ServedEngines, "listen">;
  readonly createOggOpusDecoder: () => Promise<OggOpusDecoder>;
  /** Audio that may wait to be heard; beyond it the client is held up. */
  readonly mostBufferedSamples: number;
  /** The next number of a step, for all sessions. */
  readonly nextStepIndex: () => number;
  readonly meter: ChannelMeter;
}

/** One client of the speech recognition server, from `Ready` to its end. */
export class SttSession {
  readonly #socket: ServerSocket;
  readonly #context: SttSessionContext;
  readonly #markers: MarkerQueue;
  /** When so many samples had arrived. */
  readonly #arrivals: { readonly samples: number; readonly atMs: number }[] = [];
  #listener: Listener;
  #opus: OggOpusInput | undefined;
  #work: Promise<void> = Promise.resolve();
  #pcmSamples = 0;
  /** While the client is held up: resolves once there is room again. */
  #room: PromiseWithResolvers<void> | undefined;
  #steps = 0;
  #heard: HeardSoFar = START;
  #messageAtMs = performance.now();
  #stepAtMs = performance.now();

  constructor(socket: ServerSocket, context: SttSessionContext) {
    this.#socket = socket;
    this.#context = context;
    this.#markers = new MarkerQueue(
      () => this.#listener.flush(),
      (id) => this.#send({ type: "Marker", id }),
    );
    this.#listener = this.#listen();
  }

  /** Resolves when the client has gone. */
  async run(): Promise<void> {
    this.#send({ type: "Ready" });
    this.#socket.receive((message) => {
      this.#work = this.#work.then(() => this.#take(message)).catch((error: unknown) => void this.#socket.fail(error));
    });
    await this.#socket.closed;
    this.#holdUp(false);
    this.#markers.close();
    this.#listener.close();
    this.#context.meter.close();
    await this.#work;
    await this.#opus?.close();
  }

  #listen(): Listener {
    this.#steps = 0;
    this.#pcmSamples = 0;
    this.#arrivals.length = 0;
    this.#heard = START;
    const listener = this.#context.engines.listen((event) => {
      if (listener === this.#listener) this.#onEvent(event);
    });
    return listener;
  }

  async #take(message: SocketMessage): Promise<void> {
    if (!this.#socket.isOpen) return;
    const atMs = performance.now();
    if (typeof message === "string") {
      if (atMs - this.#messageAtMs > LONGEST_WITHOUT_MESSAGE_MS) this.#socket.drop();
      return;
    }
    this.#messageAtMs = atMs;
    const decoded = decodeSttClientMessage(message);
    // As in moshi-server, whoever breaks the protocol is left without a word.
    if (!decoded.ok) return this.#socket.drop();
    switch (decoded.value.type) {
      case "Audio":
        return this.#hear(decoded.value.pcm);
      case "OggOpus":
        this.#opus ??= new OggOpusInput(await this.#context.createOggOpusDecoder());
        return this.#hearOpus(this.#opus, decoded.value.data);
      case "Marker":
        return this.#markers.push(decoded.value.id, samplesToMs(this.#pcmSamples, CAPTURE_RATE_HZ), this.#heard);
      case "Init":
        this.#listener.close();
        this.#listener = this.#listen();
        this.#holdUp(false);
        return this.#send({ type: "Ready" });
    }
  }

  async #hearOpus(opus: OggOpusInput, data: Uint8Array): Promise<void> {
    for await (const pcm of opus.push(data)) {
      this.#hear(pcm);
      if (!this.#socket.isOpen) return;
      await this.#room?.promise;
    }
  }

  #hear(pcm: Float32Array): void {
    if (pcm.length === 0 || !this.#socket.isOpen) return;
    this.#pcmSamples += pcm.length;
    this.#arrivals.push({ samples: this.#pcmSamples, atMs: performance.now() });
    if (this.#arrivals.length > MOST_ARRIVALS) this.#arrivals.shift();
    this.#listener.write(finiteSamples(pcm));
    this.#markers.noteAudio();
    this.#holdUp(this.#listener.bufferedSamples > this.#context.mostBufferedSamples);
  }

  #onEvent(event: ListenerEvent): void {
    if (event.kind === "heard") {
      const { heardMs, isSpeech } = event;
      if (this.#room) this.#holdUp(this.#listener.bufferedSamples > this.#context.mostBufferedSamples / 2);
      const isFrame = heardMs >= (this.#steps + 1) * STEP_MS;
      if (isFrame) this.#step(event);
      this.#heard = { ...this.#heard, heardMs, isSpeech };
    } else if (event.kind === "word") {
      const { text, startMs, endMs } = event.word;
      this.#send({ type: "Word", text, startMs });
      this.#send({ type: "EndWord", stopMs: endMs });
      this.#meterWord(endMs);
      this.#heard = { ...this.#heard, lastWordStartMs: startMs };
    } else {
      return;
    }
    this.#markers.look(this.#heard);
  }

  #step(event: Extract<ListenerEvent, { kind: "heard" }>): void {
    this.#steps += 1;
    this.#send({
      type: "Step",
      stepIndex: this.#context.nextStepIndex(),
      pauseProbabilities: pauseProbabilities(event),
      bufferedSamples: this.#listener.bufferedSamples,
    });
    const atMs = performance.now();
    this.#context.meter.step(atMs - this.#stepAtMs);
    this.#stepAtMs = atMs;
  }

  #holdUp(isTooMuch: boolean): void {
    if (isTooMuch === (this.#room !== undefined)) return;
    if (isTooMuch) {
      this.#room = Promise.withResolvers();
      this.#socket.pause();
    } else {
      this.#room?.resolve();
      this.#room = undefined;
      this.#socket.resume();
    }
  }

  #meterWord(endMs: number): void {
    const endSample = (endMs * CAPTURE_RATE_HZ) / 1000;
    while (this.#arrivals.length > 1 && (this.#arrivals[0]?.samples ?? 0) < endSample) this.#arrivals.shift();
    this.#context.meter.word(performance.now() - (this.#arrivals[0]?.atMs ?? performance.now()));
  }

  #send(message: SttServerMessage): void {
    this.#socket.send(encodeSttServerMessage(message));
  }
}

const START: HeardSoFar = { heardMs: 0, isSpeech: false, lastWordStartMs: -1 };
