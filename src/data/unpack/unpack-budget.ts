import { basename } from 'node:path';
import { formatBytes } from '../../support/bytes.js';
import { notEnoughSpace } from '../../support/free-disk.js';
import { ProblemError } from '../../support/problem.js';
import { archiveBomb } from './unpack-problems.js';

/** How much an archive may unpack to. */
export interface UnpackLimits {
  /** The largest unpacked size, as a multiple of the archive's: images hardly compress. */
  readonly ratio: number;
  /** Bytes that any archive may unpack to. */
  readonly alwaysAllowed: number;
  readonly entries: number;
}

export const UNPACK_LIMITS: UnpackLimits = { ratio: 100, alwaysAllowed: 1e8, entries: 2_000_000 };

/** Counts the unpacked entries and bytes and throws when they exceed a limit. */
export class UnpackBudget {
  #entries = 0;
  #bytes = 0;

  constructor(
    private readonly archive: { readonly path: string; readonly bytes: number },
    private readonly disk: { readonly dir: string; readonly free: number | undefined },
    private readonly limits: UnpackLimits,
  ) {}

  entry(): void {
    this.#entries++;
    this.#check(this.#entries, this.#bytes);
  }

  bytes(more: number): void {
    this.#bytes += more;
    this.#check(this.#entries, this.#bytes);
  }

  /** Checks the totals that the archive declares, before anything is written. */
  announced({ entries, bytes }: { readonly entries: number; readonly bytes: number }): void {
    this.#check(entries, bytes);
  }

  #check(entries: number, bytes: number): void {
    const { path, bytes: packed } = this.archive;
    if (entries > this.limits.entries) throw archiveBomb(path, `it has more than ${this.limits.entries} entries`);
    const most = Math.max(this.limits.alwaysAllowed, packed * this.limits.ratio);
    if (bytes > most) {
      throw archiveBomb(path, `from ${formatBytes(packed)} it becomes more than ${formatBytes(most)}`);
    }
    const { dir, free } = this.disk;
    if (free !== undefined && bytes > free) {
      throw new ProblemError(notEnoughSpace(`the files of ${basename(path)}`, { dir, need: bytes, free }));
    }
  }
}
