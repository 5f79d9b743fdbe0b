/** What a worklet needs to turn its context time into epoch ms. Posted by the page again and again, because the two clocks drift. */
export interface WorkletClock {
  readonly kind: "clock";
  /** Epoch ms at which context time 0 was rendered. */
  readonly renderOriginMs: number;
  /** Epoch ms at which context time 0 left the speaker. */
  readonly audibleOriginMs: number;
}

/** The browser's audio output fell silent because it was not filled in time. Posted by the page to the playback worklet. */
export interface OutputGap {
  readonly kind: "output-gap";
  readonly durationMs: number;
}

/** A frame as the assistant gets it, and its end in samples of the context's time. */
export interface TappedFrame {
  readonly pcm: Float32Array;
  readonly endSample: number;
}

/**
 * What a worklet is sent on its own port: its message port to the assistant, transferred, or the clock. `tap`: the capture worklet sends every
 * {@link TappedFrame} to the transferred port too, or to none any more.
 */
export type WorkletMessage = { readonly kind: "port" | "tap" } | WorkletClock | OutputGap;
