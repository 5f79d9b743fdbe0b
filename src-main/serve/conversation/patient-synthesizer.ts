import { setTimeout as delay } from "node:timers/promises";
import { PLAYBACK_RATE_HZ } from "../../../src-shared/audio-format.ts";
import { PcmRing } from "../../../src-shared/pcm-ring.ts";
import type { Synthesizer } from "../../turn/ports.ts";

/** Slow speech, so that nearly every sentence is shorter than thought. */
const SECONDS_PER_CHARACTER = 0.1;
const LOOK_EVERY_MS = 50;

/**
 * A synthesizer that several share. The engine waits in its thread while a ring is full, and with it everybody else: so it is asked for a
 * sentence only once there is room for it. A listener who does not listen holds up nobody but themselves.
 */
export function patientSynthesizer(shared: Pick<Synthesizer, "speak">): Synthesizer {
  return {
    async speak(request) {
      const ring = new PcmRing(request.ring);
      const seconds = (request.text.length * SECONDS_PER_CHARACTER) / request.rateRatio;
      const wanted = Math.min(ring.capacitySamples, seconds * PLAYBACK_RATE_HZ);
      const isFull = (): boolean => ring.capacitySamples - ring.availableSamples < wanted;
      while (ring.generation === request.generation && isFull()) await delay(LOOK_EVERY_MS);
      return shared.speak(request);
    },
    close: async () => undefined,
  };
}
