import type { ImageFile } from './image-files.js';
import type { FileTally } from './file-tally.js';

/** A folder of images, on disk or unpacked in the cache. Paths are relative and `/` separated; `''` is the root. */
export interface FileTree {
  /** The start of messages: `dataset.path`. */
  readonly label: string;
  /** The name of a folder in messages. */
  show(dir: string): string;
  /** The cure for a wrong layout, where the user cannot change the folders. */
  readonly cure?: string;
  /** The cure where several of its folders are data sets; by default `cure`, or to give another folder. */
  choose?(dirs: readonly string[]): string;
  /** Files of an archive outside of this tree. */
  readonly outside?: readonly string[];
  /**
   * The entries of a folder, without hidden and junk files; `undefined` where there is no such folder.
   *
   * @throws ProblemError when it cannot be read
   */
  entries(dir: string): Promise<Entries | undefined>;
  /** All images in a folder and below it, sorted by name. */
  images(dir: string): Promise<Images>;
}

export interface Entries {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

export interface Images {
  readonly files: readonly ImageFile[];
  /** Those of them without an image's extension. */
  readonly byContent: FileTally;
  /** Other files, which are ignored. */
  readonly others: FileTally;
}

export function below(dir: string, name: string): string {
  return dir === '' ? name : `${dir}/${name}`;
}
