import { HashColumn } from './content-hashes.js';

/** A cached fact of a file, its hash or its kind; valid as long as size and modification time stay. */
export type CachedFact = readonly [size: number, mtimeMs: number, fact: string];

/** Keeps texts by index. */
interface Column {
  set(index: number, text: string): void;
  get(index: number): string;
}

class TextColumn implements Column {
  readonly #texts: string[] = [];

  set(index: number, text: string): void {
    this.#texts[index] = text;
  }

  get(index: number): string {
    return this.#texts[index]!;
  }
}

/** Facts of files by name, in columns: for a hundred thousand files, an object each would take several times the memory. */
export class FactTable {
  readonly #rows = new Map<string, number>();
  readonly #sizes: number[] = [];
  readonly #times: number[] = [];
  readonly #facts: Column;

  /** @param hashes whether all facts are SHA-256 hashes in hexadecimal */
  constructor(hashes: boolean) {
    this.#facts = hashes ? new HashColumn() : new TextColumn();
  }

  get size(): number {
    return this.#rows.size;
  }

  get(name: string): CachedFact | undefined {
    const row = this.#rows.get(name);
    return row === undefined ? undefined : [this.#sizes[row]!, this.#times[row]!, this.#facts.get(row)];
  }

  set(name: string, [size, mtimeMs, fact]: CachedFact): void {
    let row = this.#rows.get(name);
    if (row === undefined) this.#rows.set(name, (row = this.#rows.size));
    this.#sizes[row] = size;
    this.#times[row] = mtimeMs;
    this.#facts.set(row, fact);
  }

  *[Symbol.iterator](): Generator<[name: string, fact: CachedFact], void, undefined> {
    for (const name of this.#rows.keys()) yield [name, this.get(name)!];
  }
}
