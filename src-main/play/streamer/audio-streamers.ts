/** The public API of the audio streamers: what `import … from "repartee/audio-streamer"` gives. */
export { AsyncAudioStreamer } from "./async-audio-streamer.ts";
export { AudioStreamOverflowError, AudioStreamTimeoutError } from "./audio-stream-errors.ts";
export type { AudioStreamEndOptions, AudioStreamerOptions, SharedAudioStreams } from "./audio-stream-feed.ts";
export { AudioStreamer } from "./audio-streamer.ts";
