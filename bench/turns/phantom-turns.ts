import { CAPTURE_RATE_HZ } from "../../src-shared/audio-format.ts";
import { createEmbeddedEndOfTurn } from "../../src-main/detect/embedded-end-of-turn.ts";
import { atMost, type BenchResult, type BenchRow } from "../bench-result.ts";
import { roomSound, type RoomSound } from "./restless-room.ts";
import type { RealEngines } from "./virtual/engine-memory.ts";
import { VirtualConversation } from "./virtual/virtual-conversation.ts";

const SOUNDS: readonly RoomSound[] = ["babble", "tones", "keyboard"];
const PIECE_MS = 20_000;

/** What the assistant takes for a turn in a room where nobody talks to it, 10 dB below speech, for so many minutes in all. */
export async function countPhantomTurns(engines: RealEngines, minutes: number): Promise<BenchResult> {
  const rows: BenchRow[] = [];
  let phantoms = 0;
  for (const sound of SOUNDS) {
    const conversation = new VirtualConversation(engines, createEmbeddedEndOfTurn(engines.detector));
    const pieces = Math.ceil((minutes * 60_000) / SOUNDS.length / PIECE_MS);
    for (let piece = 0; piece < pieces; piece++) await conversation.hear(await roomSound(sound, PIECE_MS, `${piece}`));
    await conversation.hear(new Float32Array(3 * CAPTURE_RATE_HZ));
    const taken = conversation.takeTranscripts();
    phantoms += taken.length;
    const heard = taken.slice(0, 3).join(" / ");
    rows.push({ part: "phantom turns", sound, minutes: (pieces * PIECE_MS) / 60_000, turns: taken.length, heard });
  }
  return { rows, verdicts: [atMost(`phantom turns in ${minutes} min of babble, tones and keyboard`, phantoms, 1)] };
}
