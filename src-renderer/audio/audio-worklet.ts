import { CaptureWorklet } from "../microphone/capture-worklet.ts";
import { warmUpNearSound } from "../microphone/warm-up-near-sound.ts";
import { PlaybackWorklet } from "../speaker/playback-worklet.ts";

// One module, so that both share what connects them on the audio thread.
registerProcessor("capture", CaptureWorklet);
registerProcessor("playback", PlaybackWorklet);
warmUpNearSound(sampleRate);
