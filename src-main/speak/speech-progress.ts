import { PcmRing } from "../../src-shared/pcm-ring.ts";
import type { GrowingSpeechRequest, SpeechTarget, SpokenWord } from "../turn/ports.ts";

/** How far a growing speech has come, so that another voice can go on where one broke off. */
export class SpeechProgress {
  /** The request, watched. */
  readonly request: GrowingSpeechRequest;
  readonly #words: SpokenWord[] = [];
  #target: SpeechTarget | undefined;

  constructor(request: GrowingSpeechRequest) {
    this.request = {
      text: request.text,
      begin: () => (this.#target = request.begin()),
      tell: (event) => {
        if (event.kind === "word") this.#words.push(event);
        request.tell(event);
      },
    };
  }

  /**
   * From which character on nothing can be heard of what is in the ring: behind the word that it breaks off in. Undefined when that is not known
   * because no words were told, or when the speech is void.
   */
  get unheardFrom(): number | undefined {
    if (!this.#target) return 0;
    const { generation } = this.#target;
    const ring = new PcmRing(this.#target.ring);
    if (ring.generation !== generation) return undefined;
    const written = ring.writtenSamples(generation);
    if (written === 0) return 0;
    return (this.#words.find(({ endSample }) => endSample > written) ?? this.#words.at(-1))?.textEnd;
  }
}
