import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { RefusalReason } from "../wire/route.ts";
import type { ChannelKind, ChannelMeter, SessionMeters } from "../wire/session-meters.ts";

const STEP_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.16];
const STEPS = [25, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000];
const CONVERSATION = "repartee_serve_conversation";
const DELAY_SECONDS = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10];

/** What the server counts of a session. */
export interface SessionLabels {
  readonly protocol: string;
  readonly route: string;
}

/**
 * Counts for `/metrics`. Channels carry the names of moshi-server where those mean the same: `asr_*` for recognition, `py_*` for synthesis;
 * all else begins with `repartee_serve_`, `process_` or `nodejs_`. Times are in seconds.
 */
export class ServerMetrics implements SessionMeters {
  readonly #registry = new Registry();
  readonly #open = this.#gauge("sessions_open", "Sessions that are running.", ["protocol", "route"]);
  readonly #total = this.#counter("sessions_total", "Sessions that were begun.", ["protocol", "route"]);
  readonly #refused = this.#counter("refused_total", "Requests and sessions that were refused.", ["route", "reason"]);
  readonly #answered = this.#counter("http_answers_total", "Answers by HTTP.", ["route", "status"]);
  readonly #ends = this.#counter("session_ends_total", "How sessions ended.", ["protocol", "cause"]);
  readonly #wordDelay = this.#delay("word_delay_seconds", "From receiving the end of a word to telling the word.");
  readonly #firstAudio = this.#delay("first_audio_seconds", "From the first text to the first audio.");
  readonly #channels = {
    recognition: this.#channelMetrics("asr", "asr_connection_num_steps", "recognition"),
    synthesis: this.#channelMetrics("py", "py_model_connection_num_steps", "synthesis"),
    conversation: this.#channelMetrics(CONVERSATION, `${CONVERSATION}_num_steps`, "conversation"),
  };

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** The type of {@link text}, for a header. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All of it in the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** A session was begun; call the result with how it ended. */
  session(labels: SessionLabels): (cause: string) => void {
    this.#open.inc({ ...labels });
    this.#total.inc({ ...labels });
    return (cause) => {
      this.#open.dec({ ...labels });
      this.#ends.inc({ protocol: labels.protocol, cause });
    };
  }

  /** Someone was turned away. `route` is the path of a route, or `-` where there is none. */
  refused(route: string, reason: RefusalReason): void {
    this.#refused.inc({ route, reason });
  }

  /** A request was answered. */
  answered(route: string, status: number): void {
    this.#answered.inc({ route, status: String(status) });
  }

  open(kind: ChannelKind, protocol: string): ChannelMeter {
    const { connect, openChannels, steps, stepDuration, totalSteps } = this.#channels[kind];
    connect.inc();
    openChannels.inc();
    let count = 0;
    let isOpen = true;
    return {
      step: (durationMs) => {
        count++;
        totalSteps.inc();
        stepDuration.observe(durationMs / 1000);
      },
      word: (delayMs) => this.#wordDelay.observe({ protocol }, Math.max(0, delayMs) / 1000),
      firstAudio: (delayMs) => this.#firstAudio.observe({ protocol }, Math.max(0, delayMs) / 1000),
      close: () => {
        if (!isOpen) return;
        isOpen = false;
        openChannels.dec();
        steps.observe(count);
      },
    };
  }

  #channelMetrics(prefix: string, stepsName: string, what: string) {
    const registers = [this.#registry];
    const named = (name: string, help: string) => ({ name, help: `${help} (${what})`, registers });
    return {
      connect: new Counter(named(`${prefix}_connect`, "Channels that were taken.")),
      openChannels: new Gauge(named(`${prefix}_open_channels`, "Channels in use.")),
      steps: new Histogram({ ...named(stepsName, "Frames of 80 ms of a channel."), buckets: STEPS }),
      stepDuration: new Histogram({
        ...named(`${prefix}_model_step_duration`, "Seconds from one frame to the next."),
        buckets: STEP_SECONDS,
      }),
      totalSteps: new Counter(named(`${prefix}_total_steps`, "Frames of 80 ms of all channels.")),
    };
  }

  #gauge<L extends string>(name: string, help: string, labelNames: readonly L[]): Gauge<L> {
    return new Gauge({ name: `repartee_serve_${name}`, help, labelNames, registers: [this.#registry] });
  }

  #counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> {
    return new Counter({ name: `repartee_serve_${name}`, help, labelNames, registers: [this.#registry] });
  }

  #delay(name: string, help: string): Histogram<"protocol"> {
    const labelNames = ["protocol"] as const;
    const registers = [this.#registry];
    return new Histogram({ name: `repartee_serve_${name}`, help, labelNames, buckets: DELAY_SECONDS, registers });
  }
}
