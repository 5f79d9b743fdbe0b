import { MessagePackReader } from "./message-pack-reader.ts";

/** A message of a type that this side does not know. */
export interface UnknownMessage {
  readonly type: "Unknown";
}

/**
 * A message that names its type: a map with the key `type` anywhere among its fields, or an array of the type and the fields in their order.
 * Fields that nobody asks for are skipped. Never throws; needs no memory for what it skips.
 */
export class TaggedMessage {
  /** Undefined where there is none or more than one, or where the message is cut off. */
  readonly type: string | undefined;
  readonly #reader: MessagePackReader;

  constructor(bytes: Uint8Array) {
    this.#reader = new MessagePackReader(bytes);
    this.type = this.#find("type", 0)?.readText();
  }

  /** A reader in front of a field's value; valid until another field is asked for. Undefined where it is missing or there twice. */
  field(name: string, index = 0): MessagePackReader | undefined {
    return this.#find(name, index + 1);
  }

  #find(name: string, index: number): MessagePackReader | undefined {
    const reader = this.#reader;
    reader.position = 0;
    const entries = reader.readMapLength();
    const items = entries ?? reader.readArrayLength() ?? 0;
    let found: number | undefined;
    for (let item = 0; item < items; item++) {
      const isFound = entries === undefined ? item === index : reader.skipText(name);
      if (isFound && found !== undefined) return undefined;
      if (isFound) found = reader.position;
      else if (entries !== undefined && !reader.skip()) return undefined;
      if (!reader.skip()) return undefined;
    }
    if (found === undefined) return undefined;
    reader.position = found;
    return reader;
  }
}
