import type { AssistantEvent } from "../../src-shared/assistant-contract.ts";
import { succeeded, type Outcome } from "../../src-shared/failure.ts";
import type { AssistantEndpoint, AudioSession } from "../../src-main/window/assistant-endpoint.ts";

/** An assistant that only remembers what a shell told it. */
export class FakeEndpoint implements AssistantEndpoint {
  readonly requests: { name: string; input: unknown }[] = [];
  readonly listeners = new Set<(event: AssistantEvent) => void>();
  session: AudioSession | undefined;
  detached = 0;
  answer: (name: string) => Outcome<unknown> = () => succeeded(null);

  request(name: string, input: unknown): Promise<Outcome<unknown>> {
    this.requests.push({ name, input });
    return Promise.resolve(this.answer(name));
  }

  subscribe(listener: (event: AssistantEvent) => void): () => void {
    this.listeners.add(listener);
    listener({ kind: "connection", open: true });
    return () => this.listeners.delete(listener);
  }

  attachAudio(session: AudioSession): void {
    this.session = session;
  }

  detachAudio(session: AudioSession): void {
    this.detached++;
    if (session === this.session) this.session = undefined;
  }
}
