import type { DuplicateGroup, Findings, PictureName } from '../../data/store/findings.js';
import { SPLITS } from '../../registry/kinds/dataset.js';
import { visible } from '../../support/visible.js';
import { count } from '../../support/plain-text.js';

export interface Told {
  readonly level: 'info' | 'warning';
  readonly text: string;
}

/** How many pictures could go without any being lost. */
export function superfluous({ duplicates }: Pick<Findings, 'duplicates'>): number {
  return duplicates.reduce((sum, { pictures }) => sum + pictures.length - 1, 0);
}

/** Pictures that are there more than once: in training and test, in both domains, within a split. A line each, with one example. */
export function sameFound({ duplicates }: Findings): Told[] {
  const leaks = duplicates.filter((group) => is(group, training) && is(group, test));
  const overlaps = duplicates.filter((group) => is(group, ofA) && is(group, ofB));
  const within = duplicates.filter((group) => repeated(group) !== undefined);
  const tests = sum(leaks, ({ pictures }) => pictures.filter(test).length);
  const extra = sum(within, ({ pictures }) => pictures.length - new Set(pictures.map(({ split }) => split)).size);
  const told: Told[] = [];
  if (tests > 0) {
    const [example] = leaks;
    const text = `${tests === 1 ? '1 test picture is also a training picture' : `${count(tests)} test pictures are also training pictures`}`;
    told.push({ level: 'warning', text: `${text}: ${pair(example!, test, training)}.` });
  }
  if (overlaps.length > 0) {
    const text =
      overlaps.length === 1 ? '1 picture is in both domains' : `${count(overlaps.length)} pictures are in both domains`;
    told.push({ level: 'warning', text: `${text}: ${pair(overlaps[0]!, ofA, ofB)}.` });
  }
  if (extra > 0) {
    const text =
      extra === 1
        ? '1 picture is an exact duplicate of another of its split'
        : `${count(extra)} pictures are exact duplicates of others of their split`;
    const { split } = repeated(within[0]!)!;
    const [a, b] = within[0]!.pictures.filter((picture) => picture.split === split);
    told.push({ level: 'info', text: `${text}: ${named(a!)} = ${named(b!)}.` });
  }
  return told;
}

/** What was made RGB of something else: `7 of trainB are greyscale files, 47 more are grey though stored in colour.` */
export function kindsFound({ traits }: Findings): string[] {
  return SPLITS.flatMap((split) => {
    const found = Object.entries(traits[split]);
    const told: string[] = [];
    let grey = 0;
    for (const { pattern, one, many } of KINDS) {
      const times = sum(found, ([trait, times]) => (pattern.test(trait) ? times : 0));
      if (times === 0) continue;
      const of = told.length === 0 ? ` of ${split}` : grey > 0 && GREY.test(many) ? ' more' : '';
      told.push(`${count(times)}${of} ${times === 1 ? `is ${one}` : `are ${many}`}`);
      if (GREY.test(many)) grey += times;
    }
    return told.length === 0 ? [] : `${told.join(', ')}.`;
  });
}

/** What people may want to look at; how a picture is stored (as a palette, turned) is no news. */
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

/** No picture is grey in both ways. */
const GREY = /^grey/;

const training = ({ split }: PictureName) => split.startsWith('train');
const test = ({ split }: PictureName) => split.startsWith('test');
const ofA = ({ split }: PictureName) => split.endsWith('A');
const ofB = ({ split }: PictureName) => split.endsWith('B');

function is({ pictures }: DuplicateGroup, which: (picture: PictureName) => boolean): boolean {
  return pictures.some(which);
}

/** The second picture of a group that is of the same split as one before it. */
function repeated({ pictures }: DuplicateGroup): PictureName | undefined {
  return pictures.find((picture, i) => pictures.slice(0, i).some(({ split }) => split === picture.split));
}

function pair(
  { pictures }: DuplicateGroup,
  one: (p: PictureName) => boolean,
  other: (p: PictureName) => boolean,
): string {
  return `${named(pictures.find(one)!)} = ${named(pictures.find(other)!)}`;
}

/** With its split, where the name does not begin with that. */
function named({ split, name }: PictureName): string {
  return name.startsWith(`${split}/`) ? visible(name) : `${visible(name)} (${split})`;
}

function sum<T>(list: readonly T[], of: (item: T) => number): number {
  return list.reduce((total, item) => total + of(item), 0);
}
