import { REQUIRED_SPLITS } from '../../../registry/kinds/dataset.js';
import { findName } from '../arranged/folder-name.js';

/** Levels of folders to search for a data set. */
const DEEPEST = 5;

/**
 * The folder of an archive that contains the data set, with a trailing slash; empty for the top level. Other files and folders beside it
 * do not matter; if several folders are data sets, none is chosen.
 */
export function dataFolder(paths: readonly string[], domains: readonly string[] | null): string {
  const folders = foldersOf(paths);
  const inside = (dir: string) => [...(folders.get(dir) ?? [])];
  let level = [''];
  for (let depth = 0; depth <= DEEPEST && level.length > 0; depth++) {
    const found = level.filter((dir) => isLaidOut(dir, inside, domains));
    if (found.length > 0) return found.length === 1 ? found[0]! : '';
    level = level.flatMap((dir) => inside(dir).map((name) => `${dir}${name}/`));
  }
  return onlyFolder(inside);
}

/** The names of the subfolders by folder; keys end with a slash. */
function foldersOf(paths: readonly string[]): Map<string, Set<string>> {
  const folders = new Map<string, Set<string>>();
  for (const path of paths) {
    const parts = path.split('/').slice(0, -1);
    let dir = '';
    for (const part of parts) {
      const known = folders.get(dir) ?? new Set();
      folders.set(dir, known.add(part));
      dir += `${part}/`;
    }
  }
  return folders;
}

function isLaidOut(dir: string, inside: (dir: string) => string[], domains: readonly string[] | null): boolean {
  const top = inside(dir);
  const names = domains ?? ['A', 'B'];
  const hasBoth = (there: readonly string[]) => names.every((name) => findName(there, name) !== undefined);
  if (domains === null && REQUIRED_SPLITS.filter((split) => top.includes(split)).length > 1) return true;
  return hasBoth(top) || hasBoth(inside(`${dir}train/`));
}

/** Without a known layout: descends while there is only one folder, except into a folder of a layout, as an archive may contain only trainA. */
function onlyFolder(inside: (dir: string) => string[]): string {
  let folder = '';
  for (;;) {
    const [name, ...others] = inside(folder);
    if (name === undefined || others.length > 0 || /^(train|test)?[AB]?$/.test(name)) return folder;
    folder += `${name}/`;
  }
}
