/** `listening`: go ahead, rising. `thinking`: understood, one moment, falling. */
export type Earcon = "listening" | "thinking";

/** About -32 dBFS: soft beside a reply, and too weak to be taken for speech. */
const PEAK_RATIO = 0.025;
const NOTE_S = 0.09;
const FADE_IN_S = 0.012;
/** Two notes a fifth apart. */
const NOTES_HZ: Record<Earcon, readonly [number, number]> = { listening: [523.25, 783.99], thinking: [523.25, 392] };

/** Plays two soft notes of 0.2 s in all through `output`. */
export function playEarcon(earcon: Earcon, output: AudioNode): void {
  const { context } = output;
  NOTES_HZ[earcon].forEach((frequency, index) => {
    const startS = context.currentTime + index * NOTE_S;
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setValueAtTime(0, startS);
    gain.gain.linearRampToValueAtTime(PEAK_RATIO, startS + FADE_IN_S);
    gain.gain.linearRampToValueAtTime(0, startS + 1.3 * NOTE_S);
    const note = new OscillatorNode(context, { type: "sine", frequency });
    note.connect(gain).connect(output);
    note.start(startS);
    note.stop(startS + 1.3 * NOTE_S);
    note.onended = () => gain.disconnect();
  });
}
