import { dirname } from 'node:path/posix';
import { below, type FileTree } from './file-tree.js';

/** Folders and files of a tree beside the folders of its splits. */
export interface UnusedFiles {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

export const NOTHING_UNUSED: UnusedFiles = { folders: [], files: [] };

/** @param dirs the folders of the splits, such as `train/A` */
export async function unusedIn(tree: FileTree, dirs: readonly string[]): Promise<UnusedFiles> {
  const ancestors = dirs.flatMap((dir) => dir.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/')));
  const used = new Set(ancestors);
  const levels = new Set(['', ...dirs.map((dir) => dirname(dir)).filter((dir) => dir !== '.')]);
  const [folders, files]: [string[], string[]] = [[], [...(tree.outside ?? [])]];
  for (const level of levels) {
    const entries = await tree.entries(level);
    folders.push(...(entries?.folders ?? []).map((name) => below(level, name)).filter((path) => !used.has(path)));
    files.push(...(entries?.files ?? []).map((name) => below(level, name)));
  }
  return { folders, files };
}
