/** The bytes of a SHA-256. */
const BYTES = 32;

/** SHA-256 hashes in one buffer: a hundred thousand take 3 MB, as texts three times as much. */
export class HashColumn {
  #bytes = Buffer.allocUnsafe(1024 * BYTES);

  /** @param hash in hexadecimal */
  set(index: number, hash: string): void {
    const at = index * BYTES;
    if (at >= this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], 2 * at);
    this.#bytes.write(hash, at, 'hex');
  }

  /** @returns the hash in hexadecimal */
  get(index: number): string {
    return this.#bytes.toString('hex', index * BYTES, (index + 1) * BYTES);
  }
}

/** The hashes of a source's files, by name; without those of unreadable files. */
export class ContentHashes {
  /** It outlives this table: an image keeps its index in it. */
  readonly column = new HashColumn();
  readonly #indices = new Map<string, number>();

  set(name: string, hash: string): void {
    const index = this.#indices.get(name) ?? this.#indices.size;
    this.#indices.set(name, index);
    this.column.set(index, hash);
  }

  has(name: string): boolean {
    return this.#indices.has(name);
  }

  /** The index in `column`. */
  indexOf(name: string): number | undefined {
    return this.#indices.get(name);
  }
}
