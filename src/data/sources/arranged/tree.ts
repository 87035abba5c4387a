import type { PictureFile } from './picture-files.js';

/** A folder of pictures, on disk or unpacked in the cache, as far as arranging it goes. Paths are relative and `/` separated; `''` is the root. */
export interface Tree {
  /** How messages start: `dataset.path`. */
  readonly label: string;
  /** What messages call a folder of it. */
  show(dir: string): string;
  /** What to do when the layout is wrong and the folders are not the user's to change. */
  readonly cure?: string;
  /**
   * What is in a folder, hidden files and debris left out; `undefined` where there is no such folder.
   *
   * @throws ProblemError when it cannot be read
   */
  look(dir: string): Promise<Entries | undefined>;
  /** Every picture in a folder and the folders below it, sorted by name. */
  pictures(dir: string): Promise<Pictures>;
}

export interface Entries {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

export interface Pictures {
  readonly files: readonly PictureFile[];
  /** Other files that were passed over, by ending. */
  readonly others: ReadonlyMap<string, number>;
}

export function below(dir: string, name: string): string {
  return dir === '' ? name : `${dir}/${name}`;
}
