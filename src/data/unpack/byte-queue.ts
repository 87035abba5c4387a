/** Reads a stream of chunks in pieces of the requested sizes; keeps one or two chunks in memory. */
export class ByteQueue {
  readonly #source: AsyncIterator<Buffer>;
  #chunk: Buffer = Buffer.alloc(0);

  /** @param onBytes called with the size of every chunk before it is returned; may throw */
  constructor(
    source: AsyncIterable<Buffer>,
    private readonly onBytes: (bytes: number) => void = () => undefined,
  ) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Reads `length` bytes; fewer at the end. */
  async read(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let missing = length; missing > 0;) {
      const part = await this.#next(missing);
      if (part === undefined) break;
      parts.push(part);
      missing -= part.length;
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  /** The next bytes, chunk by chunk; iterating again resumes where it stopped. @throws RangeError when there are fewer */
  take(length: number): AsyncIterable<Buffer> {
    let missing = length;
    const next = async (): Promise<IteratorResult<Buffer>> => {
      if (missing === 0) return { done: true, value: undefined };
      const value = await this.#next(missing);
      if (value === undefined) throw new RangeError('too few bytes');
      missing -= value.length;
      return { done: false, value };
    };
    return { [Symbol.asyncIterator]: () => ({ next }) };
  }

  async skip(length: number): Promise<void> {
    for await (const part of this.take(length)) void part;
  }

  /** Reads to the end, to detect damage there. @returns whether the end came within `most` bytes; if not, it stops there */
  async drain(most: number): Promise<boolean> {
    for (let left = most; left >= 0;) {
      const part = await this.#next(Infinity);
      if (part === undefined) return true;
      left -= part.length;
    }
    return false;
  }

  async #next(most: number): Promise<Buffer | undefined> {
    while (this.#chunk.length === 0) {
      const next = await this.#source.next();
      if (next.done === true) return undefined;
      this.onBytes(next.value.length);
      this.#chunk = next.value;
    }
    const part = this.#chunk.subarray(0, Math.min(most, this.#chunk.length));
    this.#chunk = this.#chunk.subarray(part.length);
    return part;
  }
}
