import { SPLITS } from '../../../registry/kinds/dataset.js';

/** Folders around a data set that are looked through. */
const DEEPEST = 5;

/**
 * The folder of an archive in which a data set is laid out, with a slash; empty for the top. Whatever lies beside it (a README, a licence,
 * other folders) does not matter; where several are data sets, none is chosen.
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

/** Names of the folders in each folder; these with a slash. */
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
  const hasBoth = (there: readonly string[]) => names.every((name) => there.includes(name));
  if (domains === null && SPLITS.filter((split) => top.includes(split)).length > 1) return true;
  return hasBoth(top) || hasBoth(inside(`${dir}train/`));
}

/** Where nothing is laid out: as far down as there is one folder. A folder of a layout stays, as an archive may hold nothing but trainA. */
function onlyFolder(inside: (dir: string) => string[]): string {
  let around = '';
  for (;;) {
    const [name, ...others] = inside(around);
    if (name === undefined || others.length > 0 || /^(train|test)?[AB]?$/.test(name)) return around;
    around += `${name}/`;
  }
}
