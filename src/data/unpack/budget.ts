import { basename } from 'node:path';
import { formatBytes } from '../../support/bytes.js';
import { noRoom } from '../../support/free-disk.js';
import { ProblemError } from '../../support/problem.js';
import { bomb } from './unpack-problems.js';

/** What an archive may become. */
export interface Limits {
  /** Times its own size, once it is beyond `freely`: images hardly shrink at all. */
  readonly ratio: number;
  readonly freely: number;
  readonly entries: number;
}

export const LIMITS: Limits = { ratio: 100, freely: 1e8, entries: 2_000_000 };

/** Counts what comes out of an archive and stops it in time. */
export class Budget {
  #entries = 0;
  #bytes = 0;

  constructor(
    private readonly archive: { readonly path: string; readonly bytes: number },
    private readonly disk: { readonly dir: string; readonly free: number | undefined },
    private readonly limits: Limits,
  ) {}

  entry(): void {
    this.#entries++;
    this.#check(this.#entries, this.#bytes);
  }

  bytes(more: number): void {
    this.#bytes += more;
    this.#check(this.#entries, this.#bytes);
  }

  /** Before anything is written: what the archive itself announces. */
  announced({ entries, bytes }: { readonly entries: number; readonly bytes: number }): void {
    this.#check(entries, bytes);
  }

  #check(entries: number, bytes: number): void {
    const { path, bytes: packed } = this.archive;
    if (entries > this.limits.entries) throw bomb(path, `it has more than ${this.limits.entries} entries`);
    const most = Math.max(this.limits.freely, packed * this.limits.ratio);
    if (bytes > most) {
      throw bomb(path, `from ${formatBytes(packed)} it becomes more than ${formatBytes(most)}`);
    }
    const { dir, free } = this.disk;
    if (free !== undefined && bytes > free) {
      throw new ProblemError(noRoom(`the files of ${basename(path)}`, { dir, need: bytes, free }));
    }
  }
}
