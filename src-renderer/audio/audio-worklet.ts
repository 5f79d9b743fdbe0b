import { CaptureWorklet } from "../microphone/capture-worklet.ts";
import { PlaybackWorklet } from "../speaker/playback-worklet.ts";

// One module, so that both share what connects them on the audio thread.
registerProcessor("capture", CaptureWorklet);
registerProcessor("playback", PlaybackWorklet);
