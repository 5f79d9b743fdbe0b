import type { AssistantEvent, RequestInput } from "../../src-shared/assistant-contract.ts";
import { failure, succeeded, type Failure, type FailureStage, type Outcome } from "../../src-shared/failure.ts";
import type { LabEvent } from "../../src-shared/playback-lab.ts";
import type { AssistantSnapshot, TurnView } from "../../src-shared/turn-view.ts";
import type { AssistantParts, MicrophoneSession } from "./assistant-parts.ts";
import { MicrophoneIntake } from "../capture/microphone-intake.ts";
import { TurnOrder } from "../duplex/turn-order.ts";
import { parseRequest, type ParsedRequest } from "../../src-shared/parse-request.ts";
import { nowMs } from "../session-clock.ts";
import { EchoPause } from "./echo-pause.ts";
import { EventFeed } from "./event-feed.ts";
import { duplexWith, rememberEcho } from "./measured-echo.ts";
import { OpenPages, type PageSound } from "./open-pages.ts";
import { StandingFailures } from "./standing-failures.ts";
import { stateAtAGlance } from "./state-at-a-glance.ts";
import type { Duplex } from "../turn/conduct.ts";
import { TurnRunner } from "../turn/runner.ts";
import type { AssistantEndpoint, AudioSession } from "../window/assistant-endpoint.ts";

/** Two seconds. */
const MOST_EARLY_FRAMES = 62;

/** One conversation and everything a shell or a command needs of it. Main thread. */
export class Assistant implements AssistantEndpoint {
  /** Resolves when the assistant listens, or with why it cannot. */
  readonly ready: Promise<Outcome<unknown>>;
  readonly #parts: AssistantParts;
  readonly #runner: TurnRunner;
  readonly #turnOrder = new TurnOrder();
  readonly #feed = new EventFeed(() => this.#show());
  readonly #turnListeners = new Set<(turn: TurnView) => void>();
  #intake: MicrophoneIntake | undefined;
  readonly #earlyFrames: (readonly [pcm16: Float32Array, endedAtMs: number])[] = [];
  #session: MicrophoneSession | undefined;
  readonly #pages = new OpenPages();
  readonly #echoPause = new EchoPause((paused) => this.#setPaused(paused));
  /** The page on which the talk key is held. */
  #keyHolder: AudioSession | undefined;
  #started = false;
  #isHeldByAnother = false;
  #muted = false;
  /** Experiments of the playback lab that are not over. */
  #experiments = 0;
  readonly #failures = new StandingFailures();
  /** What the page that is heard has said of its sound. */
  #sound: PageSound = {};

  constructor(parts: AssistantParts) {
    this.#parts = parts;
    this.#runner = new TurnRunner(parts.stages, {
      changed: () => {
        parts.duplex.setPaused(this.#runner.paused);
        this.#feed.showSoon();
      },
      stepped: (step) => parts.recorder.stepped(step),
      turnEnded: (turn) => {
        parts.recorder.turnEnded(turn);
        this.#tellTurnEnded(turn);
      },
      failed: (reason) => this.#fail(reason),
    });
    parts.duplex.listen({
      changed: () => this.#followDuplex(),
      turnEnded: (turn) => this.#tellTurnEnded(turn),
      stopSaid: () => this.#stopSpeaking(),
      failed: (reason) => this.#fail(reason),
    });
    parts.settings.onChange((settings) => {
      this.#runner.applyVolume();
      this.#tellConduct();
      parts.duplex.follow();
      this.#feed.send({ kind: "settings", settings });
    });
    parts.lab.onEvent((event) => this.#tellLab(event));
    this.#tellConduct();
    parts.timers.onChange(() => this.#feed.showSoon());
    parts.timers.onDue((text) => this.#runner.tell({ kind: "announcement-due", text }));
    parts.duplex.follow();
    this.ready = this.#start();
  }

  async request(name: string, input: unknown, page?: AudioSession): Promise<Outcome<unknown>> {
    const request = parseRequest(name, input);
    return request.ok ? this.#answer(request.value, page) : request;
  }

  subscribe(listener: (event: AssistantEvent) => void): () => void {
    listener({ kind: "settings", settings: this.#parts.settings.current });
    listener({ kind: "snapshot", snapshot: this.snapshot });
    return this.#feed.subscribe(listener);
  }

  /** Calls back with every turn once it is over. */
  onTurnEnded(listener: (turn: TurnView) => void): void {
    this.#turnListeners.add(listener);
  }

  attachAudio(page: AudioSession): void {
    this.#pages.add(page);
    if (page === this.#pages.current) this.#hearAndSpeakThrough(page);
  }

  /** Listens to this source of frames from now on, in place of an earlier one. */
  attachMicrophone(session: MicrophoneSession): void {
    this.#session = session;
    session.onMicrophoneFrame = (frame) => {
      if (session !== this.#session || this.#muted || this.#experiments > 0) return;
      if (this.#parts.duplex.isHolding) this.#parts.duplex.hear(frame);
      this.#intake?.accept(frame);
    };
  }

  detachAudio(page: AudioSession): void {
    this.#pages.remove(page);
    this.#echoPause.end(page);
    if (page === this.#keyHolder) this.#pressTalkKey(false);
    if (page === this.#session) {
      this.#session = undefined;
      this.#loseMicrophone();
      this.#parts.attachSpeaker(undefined);
      this.#parts.lab.stop();
      if (this.#pages.current) this.#hearAndSpeakThrough(this.#pages.current);
    }
    this.#useSound();
  }

  /** What the window last said of the microphone. */
  get microphone(): RequestInput<"report-microphone"> | undefined {
    return this.#sound.microphone;
  }

  /** Resolves once somebody holds the conversation: another engine may take its time to get ready. Code: engine-unusable. */
  conversationDecided(): Promise<Outcome<null>> {
    return this.#parts.duplex.decided();
  }

  async close(): Promise<void> {
    this.#runner.tell({ kind: "closed" });
    await this.#parts.duplex.close();
    await this.#parts.close();
  }

  async #start(): Promise<Outcome<unknown>> {
    this.#intake = await MicrophoneIntake.create({
      onFrame: (pcm16, endedAtMs) => this.#hear(pcm16, endedAtMs),
      onBreak: (atMs) => this.#runner.tell({ kind: "microphone-lost", atMs }),
    });
    const engines = await this.#parts.engines;
    if (engines.ok) {
      this.#started = true;
      this.#runner.tell({ kind: "opened" });
      for (const [pcm16, endedAtMs] of this.#earlyFrames.splice(0)) this.#hear(pcm16, endedAtMs);
    } else this.#fail(engines.failure);
    return engines;
  }

  /** What was said just before the engines were ready is heard as soon as they are. */
  #hear(pcm16: Float32Array, endedAtMs: number): void {
    if (this.#started) {
      if (this.#parts.duplex.isHolding) return this.#overhear(pcm16, endedAtMs);
      this.#parts.recorder.heard(pcm16, endedAtMs);
      return void this.#runner.hear(pcm16, endedAtMs);
    }
    this.#earlyFrames.push([pcm16, endedAtMs]);
    if (this.#earlyFrames.length > MOST_EARLY_FRAMES) this.#earlyFrames.shift();
  }

  /** Another engine holds the conversation: only some phrases count here. */
  #overhear(pcm16: Float32Array, endedAtMs: number): void {
    const { phase, turns } = this.#runner;
    const ownReply = phase === "listening" ? undefined : turns.at(-1);
    this.#parts.duplex.overhear(pcm16, endedAtMs, { guarded: this.#duplex !== "full", ownReply });
  }

  #stopSpeaking(): void {
    this.#runner.tell({ kind: "stop-requested" });
    this.#parts.duplex.stop();
  }

  #hearAndSpeakThrough(page: AudioSession): void {
    this.attachMicrophone(page);
    this.#parts.attachSpeaker(page);
    this.#failures.output = undefined;
    this.#useSound();
  }

  /** `page`: whose request it is; undefined for a program's own. */
  async #answer(request: ParsedRequest, page: AudioSession | undefined): Promise<Outcome<unknown>> {
    const { timers, duplex } = this.#parts;
    switch (request.name) {
      case "update-settings":
        return this.#updateSettings(request.input);
      case "type-text":
        this.#runner.tell({ kind: "text-entered", text: request.input.text });
        return succeeded(null);
      case "stop-speaking":
        this.#stopSpeaking();
        return succeeded(null);
      case "set-muted":
        this.#setMuted(request.input.muted);
        return succeeded(null);
      case "set-paused":
        this.#echoPause.userSets(request.input.paused);
        this.#setPaused(request.input.paused);
        return succeeded(null);
      case "test-echo":
        if (request.input.running) this.#echoPause.begin(page, this.#runner.paused);
        else this.#echoPause.end(page);
        return succeeded(null);
      case "talk-key":
        this.#pressTalkKey(request.input.pressed, page);
        return succeeded(null);
      case "done":
        duplex.setTalkKey(false);
        this.#runner.tell({ kind: "done-requested" });
        return succeeded(null);
      case "report-microphone":
        this.#pages.note(page, { microphone: request.input });
        this.#useSound();
        return succeeded(null);
      case "report-output":
        this.#pages.note(page, { outputLabel: request.input.label });
        this.#useSound();
        return rememberEcho(this.#parts.settings, request.input);
      case "lab-play":
        return this.#playInLab(request.input);
      case "lab-stop":
        this.#parts.lab.stop();
        return succeeded(null);
      case "cancel-timer":
        timers.cancel(request.input.id);
        return succeeded(null);
    }
  }

  /** Saving the conversation's settings is also how an engine that has failed is tried again. */
  async #updateSettings(patch: RequestInput<"update-settings">): Promise<Outcome<unknown>> {
    const updated = this.#parts.settings.update(patch);
    if (patch.conversation) this.#parts.duplex.follow(true);
    return updated;
  }

  /** Another engine took the conversation over, or gave it back, or has news. */
  #followDuplex(): void {
    const { isHolding, problem } = this.#parts.duplex;
    if (isHolding && !this.#isHeldByAnother) {
      this.#runner.tell({ kind: "stop-requested" });
      this.#runner.tell({ kind: "microphone-silenced" });
    }
    this.#isHeldByAnother = isHolding;
    this.noteSubstitution("wire", problem);
  }

  #tellTurnEnded(turn: TurnView): void {
    for (const listener of this.#turnListeners) listener(turn);
  }

  /** The assistant neither speaks nor listens while the lab plays. */
  #playInLab(experiment: RequestInput<"lab-play">): Outcome<null> {
    const { paused } = this.#runner;
    this.#runner.tell({ kind: "stop-requested" });
    this.#runner.tell({ kind: "microphone-silenced" });
    this.#setPaused(paused);
    const started = this.#parts.lab.play(experiment);
    if (started.ok) this.#experiments++;
    return started;
  }

  #tellLab(event: LabEvent): void {
    if (event.kind === "finished") this.#experiments--;
    this.#feed.send({ kind: "lab", event });
  }

  #setMuted(muted: boolean): void {
    this.#muted = muted;
    if (muted) this.#runner.tell({ kind: "microphone-silenced" });
    this.#feed.showSoon();
  }

  #setPaused(paused: boolean): void {
    this.#runner.tell({ kind: "pause-changed", paused });
  }

  #pressTalkKey(pressed: boolean, page?: AudioSession): void {
    const { duplex } = this.#parts;
    this.#keyHolder = pressed ? page : undefined;
    duplex.setTalkKey(pressed);
    if (!pressed || !duplex.isHolding) this.#runner.tell({ kind: "talk-key", pressed });
  }

  /** Of the page that is heard. */
  #useSound(): void {
    const { sound } = this.#pages;
    if (sound === this.#sound) return;
    const { outputLabel } = this.#sound;
    this.#sound = sound;
    if (sound.outputLabel !== outputLabel) this.#tellConduct();
    const { status = "live", label = "" } = sound.microphone ?? {};
    this.#failures.microphone = status === "live" ? undefined : failure(`mic-${status}`, "capture", label, true);
    if (status !== "live") this.#loseMicrophone();
    this.#feed.showSoon();
  }

  #loseMicrophone(): void {
    this.#runner.tell({ kind: "microphone-lost", atMs: this.#intake?.heardUntilMs ?? nowMs() });
  }

  get #duplex(): Duplex {
    return duplexWith(this.#parts.settings, this.#sound.outputLabel);
  }

  #tellConduct(): void {
    const { mode, patience, wakePhrase, acknowledgements: acknowledges } = this.#parts.settings.current;
    const conduct = { mode, patience, wakePhrase, acknowledges, duplex: this.#duplex };
    this.#runner.tell({ kind: "conduct-changed", conduct });
  }

  #fail(reason: Failure): void {
    this.#failures.note(reason);
    this.#feed.showSoon();
  }

  /** Shows that something in a stage does not work as chosen; undefined when it does again. */
  noteSubstitution(stage: FailureStage, reason: Failure | undefined): void {
    this.#failures.noteSubstitution(stage, reason);
    this.#feed.showSoon();
  }

  get snapshot(): AssistantSnapshot {
    return this.#feed.snapshot;
  }

  #show(): Omit<AssistantSnapshot, "revision"> {
    const { duplex, settings, timers } = this.#parts;
    const { shown } = this.#failures;
    return {
      state: stateAtAGlance({
        runner: this.#runner,
        failures: this.#failures,
        muted: this.#muted,
        held: duplex.state,
        needsKey: settings.current.mode === "push-to-talk",
      }),
      muted: this.#muted,
      paused: this.#runner.paused,
      duplex: this.#duplex,
      ...(shown && { failure: shown }),
      turns: this.#turnOrder.merge(this.#runner.turns, duplex.entries),
      timers: timers.list(),
    };
  }
}
