import type { OptionSchema } from '../../../registry/component.js';
import { didYouMean } from '../../../support/did-you-mean.js';
import { ProblemError } from '../../../support/problem.js';
import { visible } from '../../../support/visible.js';
import { composed } from '../arranged/folder-name.js';

/** Folders in a message. */
const MAX_NAMED = 8;

export const SUBFOLDER: OptionSchema = {
  type: ['string', 'null'],
  // Relative, and without `..`.
  pattern: '^(?![A-Za-z]:)(?!.*(^|[/\\\\])\\.\\.([/\\\\]|$))[^/\\\\].*$',
  expected: 'a path in the archive, such as sets/horses, or null',
  default: null,
  'x-neutral': true,
  description:
    'The folder in the archive that holds the data set, such as sets/horses. By default it is found: the one folder that is laid out as one.',
};

/**
 * The prefix of the paths below a folder of an archive, with a trailing slash.
 *
 * @param archive its name in messages
 * @throws ProblemError `missing-folder` when no file is below it
 */
export function prefixOf(subfolder: string, paths: readonly string[], archive: string): string {
  const parts = subfolder.split(/[/\\]/).filter((part) => part !== '' && part !== '.');
  const wanted = composed(parts.map((part) => `${part}/`).join(''));
  const first = paths.find((path) => composed(path).startsWith(wanted));
  if (first !== undefined) return first.split('/').slice(0, parts.length).map((part) => `${part}/`).join(''); // prettier-ignore
  const folders = foldersOf(paths);
  const near = didYouMean(parts.join('/'), folders);
  const more = folders.length > MAX_NAMED ? ` and ${folders.length - MAX_NAMED} more` : '';
  const found = folders.length === 0 ? 'no folders' : `${folders.slice(0, MAX_NAMED).map(visible).join(', ')}${more}`;
  throw new ProblemError({
    code: 'missing-folder',
    message: `dataset.subfolder: there is no folder ${visible(parts.join('/'))} in ${archive}. Found in it: ${found}.`,
    cure: near === undefined ? 'Give one of these folders, or leave the option out.' : `Did you mean ${visible(near)}?`,
  });
}

function foldersOf(paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    const parts = path.split('/').slice(0, -1);
    parts.forEach((_, i) => folders.add(parts.slice(0, i + 1).join('/')));
  }
  return [...folders].sort();
}
