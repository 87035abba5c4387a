import type { WrittenStore } from '../../data/prepare/store-writer.js';
import type { BadImage } from '../../data/store/store-format.js';
import { readImages } from '../../data/store/image-records.js';
import { SPLITS, type Split } from '../../registry/kinds/dataset.js';
import type { StageContext } from '../../registry/kinds/stage.js';
import { visible } from '../../support/visible.js';
import { count } from '../../support/plain-text.js';
import { kindsFound, sameFound } from './finding-lines.js';
import { rangesFound } from './ranges.js';

/** Bad images named on the terminal; pictures.jsonl has them all. */
const NAMED = 10;

/** Reports the prepared images and findings about them in a few lines; the store's files have the details. */
export async function reportPreparation(
  { index, findings, reused, replaced }: WrittenStore,
  context: StageContext,
): Promise<void> {
  const note = (level: 'info' | 'warning') => (text: string) => context.emit({ kind: 'note', level, text });
  const good = SPLITS.reduce((sum, split) => sum + index.splits[split].count, 0);
  if (reused > 0) note('info')(takenOverText(reused, good - reused));
  for (const { split, bad, by } of replaced) {
    note('info')(
      `${list(bad)} ${bad.length === 1 ? 'was' : 'were'} drawn for ${split} and cannot be used: ${list(by)} ${by.length === 1 ? 'is' : 'are'} tested with instead.`,
    );
  }
  for (const text of await badText(findings, context.dir)) note('warning')(text);
  const totals = Object.fromEntries(SPLITS.map((split) => [split, index.splits[split].count])) as Record<Split, number>;
  for (const text of rangesFound(findings, totals)) note('warning')(text);
  for (const { level, text } of sameFound(findings)) note(level)(text);
  for (const text of kindsFound(findings)) note('info')(text);
}

function takenOverText(taken: number, decoded: number): string {
  const images = `${count(taken)} image${taken === 1 ? '' : 's'} taken over from an earlier preparation`;
  return decoded > 0 ? `${images}, ${count(decoded)} decoded.` : `${images}.`;
}

function list(names: readonly string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return names.slice(0, NAMED).map(visible).join(', ') + more;
}

async function badText({ skipped }: WrittenStore['findings'], dir: string): Promise<string[]> {
  const reasons = new Map<string, number>();
  for (const split of SPLITS) {
    for (const [reason, times] of Object.entries(skipped[split]))
      reasons.set(reason, (reasons.get(reason) ?? 0) + times);
  }
  const total = [...reasons.values()].reduce((sum, times) => sum + times, 0);
  if (total === 0) return [];
  const named = (await firstBad(dir)).map(({ name, reason }) => `Skipped: ${visible(name)} ${reason}.`);
  if (total <= NAMED) return named;
  const counts = [...reasons].sort(([, a], [, b]) => b - a).map(([reason, times]) => `${count(times)} "${reason}"`);
  return [
    `Skipped ${count(total)} images: ${shortened(counts)}.`,
    ...named,
    `Skipped ${count(total - NAMED)} more; pictures.jsonl names them all.`,
  ];
}

async function firstBad(dir: string): Promise<BadImage[]> {
  const first: BadImage[] = [];
  for await (const image of readImages(dir)) {
    if ('reason' in image) first.push(image);
    if (first.length === NAMED) break;
  }
  return first;
}

function shortened(list: readonly string[]): string {
  return list.length > NAMED ? `${list.slice(0, NAMED).join(', ')}...` : list.join(', ');
}
