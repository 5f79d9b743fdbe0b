// One module, so that both worklets are one piece of code on the audio thread and share what connects them.
import "../microphone/capture-worklet.ts";
import "../speaker/playback-worklet.ts";
