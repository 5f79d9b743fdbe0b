import { PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { PlayedSound } from "../microphone/played-sound.ts";
import { QuickDuck } from "../speaker/quick-duck.ts";

/** What the playback worklet played: the capture worklet of the same audio thread takes it out of what the microphone hears. */
export const playedSound = new PlayedSound();

/** How the capture worklet lowers what the playback worklet plays. */
export const quickDuck = new QuickDuck(PLAYBACK_RATE_HZ);
