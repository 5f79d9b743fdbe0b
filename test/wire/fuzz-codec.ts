import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { seededRandom } from "../../src-main/play/source/seeded-random.ts";

/** What a fuzz run found. */
export interface CodecFuzzResult {
  readonly accepted: number;
  readonly rejected: number;
  /** Growth of the JavaScript heap and of the memory outside it from the tenth part of the run to its end, each after a collection. */
  readonly heapGrowthBytes: number;
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const LONGEST_BYTES = 600;

/**
 * Gives messages to `accepts`: valid ones, valid ones with bytes changed, doubled, cut out or cut off, and random bytes. The message is valid
 * during the call only, and does not begin at the start of its memory. What `accepts` throws is thrown on with the message in hexadecimal.
 */
export function fuzzCodec(
  valid: readonly Uint8Array[],
  accepts: (bytes: Uint8Array) => boolean,
  messages = 1_000_000,
): CodecFuzzResult {
  const random = seededRandom(messages);
  const below = (limit: number) => Math.floor(random() * limit);
  const memory = new Uint8Array(3 + LONGEST_BYTES);
  const scratch = memory.subarray(3);
  let [accepted, startBytes] = [0, 0];
  for (let count = 0; count < messages; count++) {
    if (count === messages / 10) startBytes = usedBytes();
    const bytes = scratch.subarray(0, writeMessage(scratch, valid, below));
    try {
      if (accepts(bytes)) accepted++;
    } catch (error) {
      throw new Error(`message ${count}: ${Buffer.from(bytes).toString("hex")}`, { cause: error });
    }
  }
  return { accepted, rejected: messages - accepted, heapGrowthBytes: usedBytes() - startBytes };
}

/** What is in use after collections. */
function usedBytes(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function writeMessage(scratch: Uint8Array, valid: readonly Uint8Array[], below: (limit: number) => number): number {
  const kind = below(8);
  if (kind === 0) return writeRandom(scratch, 0, below(40), below);
  const message = valid[below(valid.length)]!;
  scratch.set(message);
  let length = message.length;
  if (kind === 1) return length;
  for (let changes = 1 + below(4); changes > 0 && length > 0; changes--) {
    const at = below(length);
    const size = 1 + below(Math.min(8, length - at));
    const change = below(5);
    if (change === 0) scratch[at] = below(256);
    else if (change === 1) writeRandom(scratch, at, size, below);
    else if (change === 2) length = at;
    else if (change === 3) {
      scratch.copyWithin(at, at + size, length);
      length -= size;
    } else if (length + size <= LONGEST_BYTES) {
      scratch.copyWithin(at + size, at, length);
      length += size;
    }
  }
  return length;
}

function writeRandom(scratch: Uint8Array, at: number, length: number, below: (limit: number) => number): number {
  for (let index = 0; index < length; index++) scratch[at + index] = below(256);
  return at + length;
}
