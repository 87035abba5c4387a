import { SPLITS, type Split } from '../../registry/kinds/dataset.js';
import type { DuplicateGroup, Findings, PictureName } from '../store/findings.js';
import type { GoodPicture } from '../store/format.js';
import { readPictures } from '../store/pictures.js';
import { RangeFindings } from './range-findings.js';

type Counting = Record<Split, Record<string, number>>;

/** Looks for what is worth knowing of a store's pictures, by reading their records twice and remembering little of each. */
export async function findIn(dir: string): Promise<Findings> {
  const [traits, formats, skipped] = [counting(), counting(), counting()];
  const [once, again] = [new Set<number>(), new Set<number>()];
  const ranges = new RangeFindings();
  for await (const picture of readPictures(dir)) {
    if ('reason' in picture) add(skipped[picture.split], picture.reason);
    else {
      add(formats[picture.split], picture.format);
      for (const trait of picture.traits) add(traits[picture.split], trait);
      ranges.add(picture);
      const key = short(picture);
      (once.has(key) ? again : once).add(key);
    }
  }
  const duplicates = again.size === 0 ? [] : await groups(dir, again);
  const leaks = duplicates.filter(({ pictures }) => both(pictures, isTraining)).length;
  const overlaps = duplicates.filter(({ pictures }) => both(pictures, isOfA)).length;
  return { duplicates, leaks, overlaps, traits, formats, skipped, ranges: ranges.all() };
}

/** 48 bits of a picture's hash: pictures that differ here are not the same. */
function short({ pixels }: GoodPicture): number {
  return parseInt(pixels.slice(0, 12), 16);
}

async function groups(dir: string, suspects: ReadonlySet<number>): Promise<DuplicateGroup[]> {
  const found = new Map<string, PictureName[]>();
  for await (const picture of readPictures(dir)) {
    if ('reason' in picture || !suspects.has(short(picture))) continue;
    const { pixels, split, name } = picture;
    const group = found.get(pixels);
    if (group) group.push({ split, name });
    else found.set(pixels, [{ split, name }]);
  }
  return [...found].filter(([, pictures]) => pictures.length > 1).map(([pixels, pictures]) => ({ pixels, pictures }));
}

const isTraining = ({ split }: PictureName) => split.startsWith('train');
const isOfA = ({ split }: PictureName) => split.endsWith('A');

function both(pictures: readonly PictureName[], is: (picture: PictureName) => boolean): boolean {
  return pictures.some(is) && !pictures.every(is);
}

function counting(): Counting {
  return Object.fromEntries(SPLITS.map((split) => [split, {}])) as Counting;
}

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
