import type { ServerLimits } from "./server-limits.ts";

/** Something that runs and can be ended. */
interface Running {
  readonly route: string;
  readonly isSession: boolean;
  readonly stop: () => void;
}

/** What the server is busy with: how much of it, whether there is room for more, and when all is over. */
export class RunningSessions {
  readonly #limits: Pick<ServerLimits, "mostSessions" | "mostSessionsPerRoute">;
  readonly #running = new Set<Running>();
  #whenIdle: (() => void)[] = [];

  constructor(limits: Pick<ServerLimits, "mostSessions" | "mostSessionsPerRoute">) {
    this.#limits = limits;
  }

  /** Sessions that are running. */
  get sessions(): number {
    return this.#count(() => true);
  }

  /** Whether one more session fits in. */
  hasRoom(route: string): boolean {
    const { mostSessions, mostSessionsPerRoute } = this.#limits;
    return this.sessions < mostSessions && this.#count((one) => one.route === route) < mostSessionsPerRoute;
  }

  /** Something begins; call the result when it is over. What is not a session is only waited for. */
  begin(route: string, isSession: boolean, stop: () => void): () => void {
    const one = { route, isSession, stop };
    this.#running.add(one);
    return () => {
      this.#running.delete(one);
      if (this.#running.size > 0) return;
      const waiting = this.#whenIdle;
      this.#whenIdle = [];
      for (const resolve of waiting) resolve();
    };
  }

  /** Resolves once nothing runs. */
  idle(): Promise<void> {
    if (this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** Ends everything. */
  stopAll(): void {
    for (const { stop } of this.#running) stop();
  }

  #count(counts: (one: Running) => boolean): number {
    let count = 0;
    for (const one of this.#running) if (one.isSession && counts(one)) count++;
    return count;
  }
}
