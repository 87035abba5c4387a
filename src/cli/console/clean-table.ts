import { KINDS, type Removable, type RemovableKind } from '../../housekeeping/removable.js';
import { formatBytes } from '../../support/bytes.js';
import type { Io } from '../io.js';
import { paint } from '../paint.js';
import { ago } from './console-format.js';
import { shortPath } from './short-path.js';

const HEADINGS: Readonly<Record<RemovableKind, string>> = {
  result: 'Prepared results that no run uses',
  'set-aside': 'Results that were set aside',
  checkpoint: 'Damaged checkpoints',
  leftover: 'Left over from dead processes',
  download: 'Unfinished downloads',
  weights: 'Weights of extractors not used lately',
  hashes: 'Remembered hashes of images',
  program: 'Compiled training steps not used lately',
  dataset: 'Data sets not used lately',
};
/** Number of items shown per kind, the least recently used first. */
const MOST = 20;

/** What can be freed, by kind, with the reason. @param datasets whether data sets are removed as well */
export function cleanTable(items: readonly Removable[], datasets: boolean, io: Io): string {
  const { bold, dim } = paint(io.stdout, io.env);
  if (items.length === 0) return 'There is nothing to remove: everything is in use.\n';
  const parts = KINDS.flatMap((kind) => {
    const ofKind = items.filter((item) => item.kind === kind);
    if (ofKind.length === 0) return [];
    const stays = kind === 'dataset' && !datasets ? dim('  stay, unless you add --datasets') : '';
    const heading = `${bold(HEADINGS[kind])}  ${formatBytes(totalOf(ofKind))}${stays}`;
    const more = ofKind.length > MOST ? [dim(`  and ${ofKind.length - MOST} more`)] : [];
    if (kind === 'hashes' && ofKind.length > 1) return [`${heading}\n${hashesLine(ofKind)}`];
    return [[heading, ...ofKind.slice(0, MOST).flatMap((item) => itemLines(item, io)), ...more].join('\n')];
  });
  return `${parts.join('\n\n')}\n\n`;
}

/** One line for all, since they are small and many. */
function hashesLine(items: readonly Removable[]): string {
  const why = [...new Set(items.map((item) => item.why))].join(', or ');
  return `  ${formatBytes(totalOf(items)).padStart(9)}  hashes of the images in ${items.length} folders: ${why}`;
}

export function totalOf(items: readonly Removable[]): number {
  return items.reduce((sum, { bytes }) => sum + bytes, 0);
}

function itemLines({ kind, path, bytes, since, what, why }: Removable, io: Io): string[] {
  const { dim } = paint(io.stdout, io.env);
  return [
    `  ${formatBytes(bytes).padStart(9)}  ${what}: ${why}${age(kind, since)}`,
    dim(`             ${shortened(shortPath(io.cwd, path))}`),
  ];
}

function age(kind: RemovableKind, since: number): string {
  if (since === 0) return '';
  return kind === 'set-aside' || kind === 'checkpoint' ? ` (${ago(since)})` : `, last used ${ago(since)}`;
}

/** Shortens fingerprints to their first digits. */
function shortened(path: string): string {
  return path.replace(/([0-9a-f]{12})[0-9a-f]{52}/, '$1…');
}
