import type { DuplicateGroup, Findings, ImageName } from '../../data/store/findings.js';
import { SPLITS } from '../../registry/kinds/dataset.js';
import { visible } from '../../support/visible.js';
import { count } from '../../support/plain-text.js';

export interface FindingLine {
  readonly level: 'info' | 'warning';
  readonly text: string;
}

/** Number of images that could be removed without losing content. */
export function superfluous({ duplicates }: Pick<Findings, 'duplicates'>): number {
  return duplicates.reduce((sum, { images }) => sum + images.length - 1, 0);
}

/** A line, with one example, for each kind of duplicate: in two of training, validation and test, in both domains, within a split. */
export function sameFound({ duplicates }: Findings): FindingLine[] {
  const overlaps = duplicates.filter((group) => is(group, ofA) && is(group, ofB));
  const within = duplicates.filter((group) => repeated(group) !== undefined);
  const extra = sum(within, ({ images }) => images.length - new Set(images.map(({ split }) => split)).size);
  const lines: FindingLine[] = [];
  for (const [seen, before] of LEAKS) {
    const leaks = duplicates.filter((group) => is(group, seen.of) && is(group, before.of));
    const images = sum(leaks, (group) => group.images.filter(seen.of).length);
    if (images === 0) continue;
    const text =
      images === 1
        ? `1 ${seen.name} image is also a ${before.name} image`
        : `${count(images)} ${seen.name} images are also ${before.name} images`;
    lines.push({ level: 'warning', text: `${text}: ${pair(leaks[0]!, seen.of, before.of)}.` });
  }
  if (overlaps.length > 0) {
    const text =
      overlaps.length === 1 ? '1 image is in both domains' : `${count(overlaps.length)} images are in both domains`;
    lines.push({ level: 'warning', text: `${text}: ${pair(overlaps[0]!, ofA, ofB)}.` });
  }
  if (extra > 0) {
    const text =
      extra === 1
        ? '1 image is an exact duplicate of another of its split'
        : `${count(extra)} images are exact duplicates of others of their split`;
    const { split } = repeated(within[0]!)!;
    const [a, b] = within[0]!.images.filter((image) => image.split === split);
    lines.push({ level: 'info', text: `${text}: ${named(a!)} = ${named(b!)}.` });
  }
  return lines;
}

/** Images converted to RGB: `7 of trainB are greyscale files, 47 more are grey though stored in colour.` */
export function kindsFound({ traits }: Findings): string[] {
  return SPLITS.flatMap((split) => {
    const found = Object.entries(traits[split]);
    const parts: string[] = [];
    let grey = 0;
    for (const { pattern, one, many } of KINDS) {
      const times = sum(found, ([trait, times]) => (pattern.test(trait) ? times : 0));
      if (times === 0) continue;
      const of = parts.length === 0 ? ` of ${split}` : grey > 0 && GREY.test(many) ? ' more' : '';
      parts.push(`${count(times)}${of} ${times === 1 ? `is ${one}` : `are ${many}`}`);
      if (GREY.test(many)) grey += times;
    }
    return parts.length === 0 ? [] : `${parts.join(', ')}.`;
  });
}

/** Conversions worth a line; harmless ones (palettes, rotations) are not reported. */
const KINDS = [
  { pattern: /^grey$/, one: 'a greyscale file', many: 'greyscale files' },
  { pattern: /^grey,/, one: 'grey though stored in colour', many: 'grey though stored in colour' },
  { pattern: /^transparent/, one: 'transparent (now over white)', many: 'transparent (now over white)' },
  {
    pattern: /^extra channel/,
    one: 'a file with a channel that it does not explain (left out)',
    many: 'files with a channel that they do not explain (left out)',
  },
  { pattern: /^CMYK/, one: 'a CMYK file', many: 'CMYK files' },
  { pattern: /^first of/, one: 'an animation (its first frame)', many: 'animations (their first frames)' },
];

/** The two grey patterns never match the same image. */
const GREY = /^grey/;

const TRAINING = { name: 'training', of: ({ split }: ImageName) => split.startsWith('train') };
const VALIDATION = { name: 'validation', of: ({ split }: ImageName) => split.startsWith('val') };
const TEST = { name: 'test', of: ({ split }: ImageName) => split.startsWith('test') };
/** Images that are meant to be new, and where they must not be. */
const LEAKS = [
  [TEST, TRAINING],
  [VALIDATION, TRAINING],
  [TEST, VALIDATION],
] as const;

const ofA = ({ split }: ImageName) => split.endsWith('A');
const ofB = ({ split }: ImageName) => split.endsWith('B');

function is({ images }: DuplicateGroup, which: (image: ImageName) => boolean): boolean {
  return images.some(which);
}

/** The first image of a group with an earlier image in the same split. */
function repeated({ images }: DuplicateGroup): ImageName | undefined {
  return images.find((image, i) => images.slice(0, i).some(({ split }) => split === image.split));
}

function pair({ images }: DuplicateGroup, one: (p: ImageName) => boolean, other: (p: ImageName) => boolean): string {
  return `${named(images.find(one)!)} = ${named(images.find(other)!)}`;
}

/** The name with its split, unless it begins with the split. */
function named({ split, name }: ImageName): string {
  return name.startsWith(`${split}/`) ? visible(name) : `${visible(name)} (${split})`;
}

function sum<T>(list: readonly T[], of: (item: T) => number): number {
  return list.reduce((total, item) => total + of(item), 0);
}
