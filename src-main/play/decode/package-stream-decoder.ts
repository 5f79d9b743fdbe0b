import type { DecodedPiece, StreamDecoder } from "./stream-decoder.ts";

/** Cuts a stream into the units that a codec decodes: frames, packets, pages. Holds a bounded number of bytes, whatever comes. */
export interface UnitReader<Unit> {
  /** The units that the next bytes complete. */
  read(bytes: Uint8Array): readonly Unit[];
  /** The units that only the end of the stream completes. */
  end(): readonly Unit[];
  /** Stretches of bytes that belong to no unit. */
  readonly skippedStretches: number;
  /** After `end`: the stream ended inside a unit or before its declared end. */
  readonly isTruncated: boolean;
}

/** What came out of one unit. */
export interface UnitOutput {
  readonly piece?: DecodedPiece | undefined;
  /** Set where the unit was damaged. */
  readonly isDamaged?: boolean;
}

/** Decodes unit after unit through a package. `decode` may throw: the decoder is then freed and a new one made for the next unit. */
export interface UnitDecoder<Unit> {
  decode(unit: Unit): Promise<UnitOutput> | UnitOutput;
  free(): void;
}

/** A stream through one of the decoder packages: its units cut by `reader`, decoded by what `createDecoder` makes. */
export class PackageStreamDecoder<Unit> implements StreamDecoder {
  readonly #reader: UnitReader<Unit>;
  readonly #createDecoder: () => Promise<UnitDecoder<Unit>>;
  #decoder: UnitDecoder<Unit> | undefined;
  #damagedStretches = 0;
  #isInDamage = false;
  #isClosed = false;

  constructor(reader: UnitReader<Unit>, createDecoder: () => Promise<UnitDecoder<Unit>>, first: UnitDecoder<Unit>) {
    this.#reader = reader;
    this.#createDecoder = createDecoder;
    this.#decoder = first;
  }

  get decodeErrors(): number {
    return this.#damagedStretches + this.#reader.skippedStretches;
  }

  get isTruncated(): boolean {
    return this.#reader.isTruncated;
  }

  push(bytes: Uint8Array): Promise<readonly DecodedPiece[]> {
    return this.#isClosed ? Promise.resolve([]) : this.#decodeAll(this.#reader.read(bytes));
  }

  async finish(): Promise<readonly DecodedPiece[]> {
    if (this.#isClosed) return [];
    const pieces = await this.#decodeAll(this.#reader.end());
    await this.close();
    return pieces;
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#freeDecoder();
    return Promise.resolve();
  }

  async #decodeAll(units: readonly Unit[]): Promise<readonly DecodedPiece[]> {
    const pieces: DecodedPiece[] = [];
    for (const unit of units) {
      const { piece, isDamaged = false } = await this.#decodeOne(unit);
      if (piece) pieces.push(piece);
      if (isDamaged && !this.#isInDamage) this.#damagedStretches++;
      this.#isInDamage = isDamaged;
    }
    return pieces;
  }

  async #decodeOne(unit: Unit): Promise<UnitOutput> {
    try {
      this.#decoder ??= await this.#createDecoder();
      return await this.#decoder.decode(unit);
    } catch {
      this.#freeDecoder();
      return { isDamaged: true };
    }
  }

  #freeDecoder(): void {
    try {
      this.#decoder?.free();
    } catch {
      // A decoder that trapped may not be able to free itself; its memory goes with it.
    }
    this.#decoder = undefined;
  }
}
