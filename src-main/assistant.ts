import type { AssistantEvent, RequestInput, RequestName } from "../src-shared/assistant-contract.ts";
import { failed, failure, succeeded, type Failure, type FailureStage, type Outcome } from "../src-shared/failure.ts";
import type { LabEvent } from "../src-shared/playback-lab.ts";
import { requestSchemas } from "../src-shared/request-schemas.ts";
import type { Settings, SettingsPatch } from "../src-shared/settings.ts";
import type { AssistantSnapshot, AssistantState, TimerView, TurnView } from "../src-shared/turn-view.ts";
import { MicrophoneIntake } from "./capture/microphone-intake.ts";
import { nowMs } from "./session-clock.ts";
import { chooseDuplex, type Duplex } from "./turn/conduct.ts";
import { TurnRunner, type RecordedStep, type TurnStages } from "./turn/runner.ts";
import type { AssistantEndpoint, AudioSession } from "./window/assistant-endpoint.ts";

/** The settings in force and the one way to change them. */
export interface SettingsStore {
  readonly current: Settings;
  /** Codes: settings-invalid, settings-unwritable. The change holds for this session even when it could not be saved. */
  update(patch: SettingsPatch): Promise<Outcome<Settings>>;
  onChange(listener: (settings: Settings) => void): void;
}

/** The timers as the window needs them. */
export interface TimerList {
  list(): readonly TimerView[];
  cancel(id: number): void;
  onChange(listener: () => void): void;
  onDue(listener: (announcement: string) => void): void;
}

/** Plays experiments in place of the assistant. */
export interface Laboratory {
  /** Code: jitter-invalid. A `finished` event follows every start. */
  play(experiment: RequestInput<"lab-play">): Outcome<null>;
  stop(): void;
  onEvent(listener: (event: LabEvent) => void): void;
}

/** Keeps what happens in a conversation, as far as the user wants it. Never blocks and never throws. */
export interface ConversationRecorder {
  stepped(step: RecordedStep): void;
  turnEnded(turn: TurnView): void;
  /** The recognizer gets a frame: mono samples at 16 kHz, and the time just after the last one. */
  heard(pcm16: Float32Array, endedAtMs: number): void;
}

/** Where microphone frames come from; the assistant sets the callback. */
export type MicrophoneSession = Pick<AudioSession, "onMicrophoneFrame">;

/** What an assistant is made of. `engines` resolves when every engine is loaded and warm. */
export interface AssistantParts {
  readonly stages: TurnStages;
  readonly settings: SettingsStore;
  readonly timers: TimerList;
  readonly lab: Laboratory;
  readonly recorder: ConversationRecorder;
  readonly engines: Promise<Outcome<unknown>>;
  /** Connects the player to a page's speaker; undefined disconnects it. */
  readonly attachSpeaker: (session: AudioSession | undefined) => void;
  readonly close: () => Promise<void>;
}

/** Two seconds. */
const MOST_EARLY_FRAMES = 62;

/** One conversation and everything a shell or a command needs of it. Main thread. */
export class Assistant implements AssistantEndpoint {
  /** Resolves when the assistant listens, or with why it cannot. */
  readonly ready: Promise<Outcome<unknown>>;
  readonly #parts: AssistantParts;
  readonly #runner: TurnRunner;
  readonly #listeners = new Set<(event: AssistantEvent) => void>();
  readonly #turnListeners = new Set<(turn: TurnView) => void>();
  #intake: MicrophoneIntake | undefined;
  readonly #earlyFrames: (readonly [pcm16: Float32Array, endedAtMs: number])[] = [];
  #session: MicrophoneSession | undefined;
  #started = false;
  #muted = false;
  /** Experiments of the playback lab that are not over. */
  #experiments = 0;
  #engineFailure: Failure | undefined;
  #microphoneFailure: Failure | undefined;
  /** What does not work as chosen, by its stage. */
  readonly #substitutions = new Map<FailureStage, Failure>();
  #microphone: RequestInput<"report-microphone"> | undefined;
  /** Stands until the next page brings a speaker. */
  #outputFailure: Failure | undefined;
  /** Name of the output that the window plays to. */
  #outputLabel = "";
  #revision = 0;
  #snapshotIsDue = false;

  constructor(parts: AssistantParts) {
    this.#parts = parts;
    this.#runner = new TurnRunner(parts.stages, {
      changed: () => this.#publishSoon(),
      stepped: (step) => parts.recorder.stepped(step),
      turnEnded: (turn) => {
        parts.recorder.turnEnded(turn);
        for (const listener of this.#turnListeners) listener(turn);
      },
      failed: (reason) => this.#fail(reason),
    });
    parts.settings.onChange((settings) => {
      this.#runner.applyVolume();
      this.#tellConduct();
      this.#send({ kind: "settings", settings });
    });
    parts.lab.onEvent((event) => this.#tellLab(event));
    this.#tellConduct();
    parts.timers.onChange(() => this.#publishSoon());
    parts.timers.onDue((text) => this.#runner.tell({ kind: "announcement-due", text }));
    this.ready = this.#start();
  }

  async request(name: string, input: unknown): Promise<Outcome<unknown>> {
    if (!isRequestName(name)) return failed("protocol-error", "window", `unknown request ${name.slice(0, 40)}`);
    const parsed = requestSchemas[name].safeParse(input);
    if (!parsed.success)
      return failed(
        "protocol-error",
        "window",
        `bad input for ${name}: ${parsed.error.issues[0]?.path.join(".") ?? ""}`,
      );
    return this.#answer(name, parsed.data);
  }

  subscribe(listener: (event: AssistantEvent) => void): () => void {
    this.#listeners.add(listener);
    listener({ kind: "settings", settings: this.#parts.settings.current });
    listener({ kind: "snapshot", snapshot: this.#snapshot() });
    return () => this.#listeners.delete(listener);
  }

  /** Calls back with every turn once it is over. */
  onTurnEnded(listener: (turn: TurnView) => void): void {
    this.#turnListeners.add(listener);
  }

  attachAudio(session: AudioSession): void {
    this.attachMicrophone(session);
    this.#parts.attachSpeaker(session);
    this.#outputFailure = undefined;
    this.#publishSoon();
  }

  /** Listens to this source of frames from now on, in place of an earlier one. */
  attachMicrophone(session: MicrophoneSession): void {
    this.#session = session;
    session.onMicrophoneFrame = (frame) => {
      if (session === this.#session && !this.#muted && this.#experiments === 0) this.#intake?.accept(frame);
    };
  }

  detachAudio(session: AudioSession): void {
    if (session !== this.#session) return;
    this.#session = undefined;
    this.#runner.tell({ kind: "microphone-lost", atMs: nowMs() });
    this.#parts.attachSpeaker(undefined);
  }

  /** What the window last said of the microphone. */
  get microphone(): RequestInput<"report-microphone"> | undefined {
    return this.#microphone;
  }

  get snapshot(): AssistantSnapshot {
    return this.#snapshot();
  }

  async close(): Promise<void> {
    this.#runner.tell({ kind: "closed" });
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
      this.#parts.recorder.heard(pcm16, endedAtMs);
      return void this.#runner.hear(pcm16, endedAtMs);
    }
    this.#earlyFrames.push([pcm16, endedAtMs]);
    if (this.#earlyFrames.length > MOST_EARLY_FRAMES) this.#earlyFrames.shift();
  }

  async #answer<N extends RequestName>(name: N, input: RequestInput<N>): Promise<Outcome<unknown>> {
    const { settings, timers } = this.#parts;
    const request = { name, input } as { [K in RequestName]: { name: K; input: RequestInput<K> } }[RequestName];
    switch (request.name) {
      case "get-settings":
        return succeeded(settings.current);
      case "update-settings":
        return settings.update(request.input);
      case "type-text":
        this.#runner.tell({ kind: "text-entered", text: request.input.text });
        return succeeded(null);
      case "stop-speaking":
        this.#runner.tell({ kind: "stop-requested" });
        return succeeded(null);
      case "set-muted":
        this.#setMuted(request.input.muted);
        return succeeded(null);
      case "set-paused":
        this.#runner.tell({ kind: "pause-changed", paused: request.input.paused });
        return succeeded(null);
      case "talk-key":
        this.#runner.tell({ kind: "talk-key", pressed: request.input.pressed });
        return succeeded(null);
      case "done":
        this.#runner.tell({ kind: "done-requested" });
        return succeeded(null);
      case "report-microphone":
        this.#reportMicrophone(request.input);
        return succeeded(null);
      case "report-output":
        return this.#reportOutput(request.input);
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

  /** The assistant neither speaks nor listens while the lab plays. */
  #playInLab(experiment: RequestInput<"lab-play">): Outcome<null> {
    this.#runner.tell({ kind: "stop-requested" });
    this.#runner.tell({ kind: "microphone-silenced" });
    const started = this.#parts.lab.play(experiment);
    if (started.ok) this.#experiments++;
    return started;
  }

  #tellLab(event: LabEvent): void {
    if (event.kind === "finished") this.#experiments--;
    this.#send({ kind: "lab", event });
  }

  #setMuted(muted: boolean): void {
    this.#muted = muted;
    if (muted) this.#runner.tell({ kind: "microphone-silenced" });
    this.#publishSoon();
  }

  #reportMicrophone(report: RequestInput<"report-microphone">): void {
    const { status, label, lastFrameAtMs = nowMs() } = report;
    this.#microphone = report;
    this.#microphoneFailure = status === "live" ? undefined : failure(`mic-${status}`, "capture", label, true);
    if (status !== "live") this.#runner.tell({ kind: "microphone-lost", atMs: lastFrameAtMs });
    this.#publishSoon();
  }

  /** What was measured for an output is remembered for it. */
  async #reportOutput({ label, echoReturnLossDb }: RequestInput<"report-output">): Promise<Outcome<null>> {
    this.#outputLabel = label;
    if (echoReturnLossDb === undefined) {
      this.#tellConduct();
      return succeeded(null);
    }
    const { settings } = this.#parts;
    const measured = { ...settings.current.echoReturnLossDb, [label]: echoReturnLossDb };
    const updated = await settings.update({ echoReturnLossDb: measured });
    return updated.ok ? succeeded(null) : updated;
  }

  get #duplex(): Duplex {
    return chooseDuplex(this.#parts.settings.current.echoReturnLossDb[this.#outputLabel]);
  }

  #tellConduct(): void {
    const { mode, patience, wakePhrase, acknowledgements: acknowledges } = this.#parts.settings.current;
    const conduct = { mode, patience, wakePhrase, acknowledges, duplex: this.#duplex };
    this.#runner.tell({ kind: "conduct-changed", conduct });
  }

  #fail(reason: Failure): void {
    if (reason.stage === "play") this.#outputFailure = reason;
    else this.#engineFailure = reason;
    this.#publishSoon();
  }

  #publishSoon(): void {
    if (this.#snapshotIsDue) return;
    this.#snapshotIsDue = true;
    setImmediate(() => {
      this.#snapshotIsDue = false;
      this.#revision++;
      this.#send({ kind: "snapshot", snapshot: this.#snapshot() });
    });
  }

  /** Shows that something in a stage does not work as chosen; undefined when it does again. */
  noteSubstitution(stage: FailureStage, reason: Failure | undefined): void {
    if (reason) this.#substitutions.set(stage, reason);
    else this.#substitutions.delete(stage);
    this.#publishSoon();
  }

  #send(event: AssistantEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #snapshot(): AssistantSnapshot {
    const standing = this.#engineFailure ?? this.#outputFailure ?? this.#microphoneFailure;
    const shown = standing ?? this.#shownSubstitution();
    return {
      revision: this.#revision,
      state: this.#state(standing),
      muted: this.#muted,
      paused: this.#runner.paused,
      duplex: this.#duplex,
      ...(shown && { failure: shown }),
      turns: this.#runner.turns,
      timers: this.#parts.timers.list(),
    };
  }

  /** The oldest, with the details of all. */
  #shownSubstitution(): Failure | undefined {
    const all = [...this.#substitutions.values()];
    return all[0] && { ...all[0], detail: all.map(({ detail }) => detail).join("; ") };
  }

  #state(standing: Failure | undefined): AssistantState {
    const { phase } = this.#runner;
    if (phase !== "closed" && phase !== "listening") return phase;
    if (standing) return "failed";
    if (phase === "closed") return "starting";
    if (this.#runner.paused) return "paused";
    if (this.#muted) return "muted";
    if (this.#runner.attentive) return "listening";
    return this.#parts.settings.current.mode === "push-to-talk" ? "ready" : "asleep";
  }
}

function isRequestName(name: string): name is RequestName {
  return Object.hasOwn(requestSchemas, name);
}
