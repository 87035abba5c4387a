import type { ImageFile } from './image-files.js';
import type { FileTally } from './file-tally.js';

/** A folder of images, on disk or unpacked in the cache, as far as arranging it goes. Paths are relative and `/` separated; `''` is the root. */
export interface FileTree {
  /** How messages start: `dataset.path`. */
  readonly label: string;
  /** What messages call a folder of it. */
  show(dir: string): string;
  /** What to do when the layout is wrong and the folders are not the user's to change. */
  readonly cure?: string;
  /** Files of an archive that lie beside the folder that is the tree. */
  readonly outside?: readonly string[];
  /**
   * What is in a folder, hidden files and debris left out; `undefined` where there is no such folder.
   *
   * @throws ProblemError when it cannot be read
   */
  entries(dir: string): Promise<Entries | undefined>;
  /** Every image in a folder and the folders below it, sorted by name. */
  images(dir: string): Promise<Images>;
}

export interface Entries {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

export interface Images {
  readonly files: readonly ImageFile[];
  /** Those of them that their names do not call images. */
  readonly byContent: FileTally;
  /** Other files, which are passed over. */
  readonly others: FileTally;
}

export function below(dir: string, name: string): string {
  return dir === '' ? name : `${dir}/${name}`;
}
