import { SPLITS, type Split } from '../../registry/kinds/dataset.js';
import type { DuplicateGroup, Findings, ImageName } from '../store/findings.js';
import type { GoodImage } from '../store/store-format.js';
import { readImages } from '../store/image-records.js';
import { RangeFindings } from './range-findings.js';

type SplitCounters = Record<Split, Record<string, number>>;

/** Collects the findings of a store. It reads the records twice, so that it keeps only a few bytes of each in memory. */
export async function collectFindings(dir: string): Promise<Findings> {
  const [traits, formats, skipped] = [emptyCounts(), emptyCounts(), emptyCounts()];
  const [once, again] = [new Set<number>(), new Set<number>()];
  const ranges = new RangeFindings();
  for await (const image of readImages(dir)) {
    if ('reason' in image) add(skipped[image.split], image.reason);
    else {
      add(formats[image.split], image.format);
      for (const trait of image.traits) add(traits[image.split], trait);
      ranges.add(image);
      const key = shortHash(image);
      (once.has(key) ? again : once).add(key);
    }
  }
  const duplicates = again.size === 0 ? [] : await duplicateGroups(dir, again);
  const leaks = duplicates.filter(({ images }) => differ(images, partOf)).length;
  const overlaps = duplicates.filter(({ images }) => differ(images, domainOf)).length;
  return { duplicates, leaks, overlaps, traits, formats, skipped, ranges: ranges.all() };
}

/** 48 bits of an image's hash: images that differ here are different. */
function shortHash({ pixels }: GoodImage): number {
  return parseInt(pixels.slice(0, 12), 16);
}

async function duplicateGroups(dir: string, suspects: ReadonlySet<number>): Promise<DuplicateGroup[]> {
  const found = new Map<string, ImageName[]>();
  for await (const image of readImages(dir)) {
    if ('reason' in image || !suspects.has(shortHash(image))) continue;
    const { pixels, split, name } = image;
    const group = found.get(pixels);
    if (group) group.push({ split, name });
    else found.set(pixels, [{ split, name }]);
  }
  return [...found].filter(([, images]) => images.length > 1).map(([pixels, images]) => ({ pixels, images }));
}

/** `train`, `test` or `val` */
const partOf = ({ split }: ImageName) => split.slice(0, -1);
const domainOf = ({ split }: ImageName) => split.slice(-1);

function differ(images: readonly ImageName[], by: (image: ImageName) => string): boolean {
  return new Set(images.map(by)).size > 1;
}

function emptyCounts(): SplitCounters {
  return Object.fromEntries(SPLITS.map((split) => [split, {}])) as SplitCounters;
}

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
