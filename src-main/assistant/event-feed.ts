import type { AssistantEvent } from "../../src-shared/assistant-contract.ts";
import type { AssistantSnapshot } from "../../src-shared/turn-view.ts";

type Listener = (event: AssistantEvent) => void;

/** Tells every window what happens, and shows it how things are: however much changes at once, it is shown once. Main thread. */
export class EventFeed {
  readonly #listeners = new Set<Listener>();
  readonly #snapshot: () => Omit<AssistantSnapshot, "revision">;
  #revision = 0;
  #snapshotIsDue = false;

  constructor(snapshot: () => Omit<AssistantSnapshot, "revision">) {
    this.#snapshot = snapshot;
  }

  get snapshot(): AssistantSnapshot {
    return { revision: this.#revision, ...this.#snapshot() };
  }

  /** Calls back with every event until the returned function is called. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  send(event: AssistantEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Something changed. */
  showSoon(): void {
    if (this.#snapshotIsDue) return;
    this.#snapshotIsDue = true;
    setImmediate(() => {
      this.#snapshotIsDue = false;
      this.#revision++;
      this.send({ kind: "snapshot", snapshot: this.snapshot });
    });
  }
}
