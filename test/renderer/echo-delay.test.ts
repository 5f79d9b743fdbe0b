import { describe, expect, test } from "vitest";
import { EchoDelay } from "../../src-renderer/microphone/echo-delay.ts";
import { PlayedSound } from "../../src-renderer/microphone/played-sound.ts";
import { spokenText } from "../fixtures/speech.ts";

const BLOCK_SAMPLES = 256;

/** What is found after each of the last two of so many blocks. */
function findTwice(played: Float32Array, microphone: Float32Array, blocks: number): (number | undefined)[] {
  const [sound, delay] = [new PlayedSound(), new EchoDelay()];
  const found: (number | undefined)[] = [];
  for (let block = 0; block < blocks; block++) {
    const span = [block * BLOCK_SAMPLES, (block + 1) * BLOCK_SAMPLES] as const;
    sound.write(played.subarray(...span), span[0]);
    delay.observe(microphone.subarray(...span), span[0]);
    if (block >= blocks - 2) found.push(delay.find(sound));
  }
  return found;
}

describe("the delay of the echo", async () => {
  const played = (
    await spokenText("I can tell you the time and the date, set timers, and calculate.", "slt", 24_000)
  ).slice();

  test.each([240, 7_688, 13_000])("of %i samples is found at the second look", (delaySamples) => {
    const microphone = played.map((_, index) => 0.3 * (played[index - delaySamples] ?? 0));
    const [first, second] = findTwice(played, microphone, 140);
    expect(first).toBeUndefined();
    expect(Math.abs((second ?? Infinity) - delaySamples)).toBeLessThanOrEqual(4);
  });

  test("is not known when the microphone hears something else, or nothing", async () => {
    const other = await spokenText("Wait, that is not what I meant, please stop.", "kal", 24_000);
    const talker = played.map((_, index) => other[index] ?? 0);
    expect(findTwice(played, talker, 90)).toEqual([undefined, undefined]);
    expect(findTwice(played, new Float32Array(played.length), 90)).toEqual([undefined, undefined]);
  });
});
