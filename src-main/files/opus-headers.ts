/** Opus counts the samples of a stream at this rate, whatever the audio was sampled at. */
export const OPUS_RATE_HZ = 48_000;

const VERSION = 1;

/** What a player has to know of an Opus stream. */
export interface OpusHead {
  readonly channels: number;
  /** Samples at {@link OPUS_RATE_HZ} to leave out at the start. */
  readonly preSkipSamples: number;
}

/** The first packet of an Opus stream in Ogg (RFC 7845, section 5.1): no gain, mono or stereo. */
export function opusHead({ channels, preSkipSamples }: OpusHead): Uint8Array {
  const head = Buffer.alloc(19);
  head.write("OpusHead", 0, "latin1");
  head.writeUInt8(VERSION, 8);
  head.writeUInt8(channels, 9);
  head.writeUInt16LE(preSkipSamples, 10);
  head.writeUInt32LE(OPUS_RATE_HZ, 12);
  return head;
}

/** The second packet (RFC 7845, section 5.2), without comments. `vendor`: the name of what encoded, at most 200 bytes. */
export function opusTags(vendor: string): Uint8Array {
  const name = Buffer.from(vendor);
  const tags = Buffer.alloc(8 + 4 + name.length + 4);
  tags.write("OpusTags", 0, "latin1");
  tags.writeUInt32LE(name.length, 8);
  tags.set(name, 12);
  return tags;
}
