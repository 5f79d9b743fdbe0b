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

/** What a worklet is sent on its own port: its message port to the assistant, transferred, or the clock. */
export type WorkletMessage = { readonly kind: "port" } | WorkletClock | OutputGap;
