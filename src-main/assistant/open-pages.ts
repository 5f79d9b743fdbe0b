import type { RequestInput } from "../../src-shared/assistant-contract.ts";
import type { AudioSession } from "../window/assistant-endpoint.ts";

/** What a page has said of its sound. */
export interface PageSound {
  readonly microphone?: RequestInput<"report-microphone">;
  readonly outputLabel?: string;
}

const NOTHING: PageSound = {};

/** The pages with sound, and what every page says of its own. The last one to come is heard; when it goes, the one before it. Main thread. */
export class OpenPages {
  readonly #withSound = new Set<AudioSession>();
  /** By page; undefined: what was said last while no page had sound. */
  readonly #sounds = new Map<AudioSession | undefined, PageSound>();

  /** The page that is heard and spoken to. */
  get current(): AudioSession | undefined {
    return [...this.#withSound].at(-1);
  }

  /** The sound that counts. The same object until it changes. */
  get sound(): PageSound {
    return this.#sounds.get(this.current) ?? NOTHING;
  }

  /** A page that renews its sound keeps its place. */
  add(page: AudioSession): void {
    this.#withSound.add(page);
  }

  remove(page: AudioSession): void {
    this.#withSound.delete(page);
    this.#sounds.delete(page);
    this.#sounds.delete(undefined);
  }

  /** `page`: undefined for the one that is heard. */
  note(page: AudioSession | undefined, sound: PageSound): void {
    const whose = this.current ? [page ?? this.current] : new Set([page, undefined]);
    for (const one of whose) this.#sounds.set(one, { ...this.#sounds.get(one), ...sound });
  }
}
