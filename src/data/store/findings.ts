import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SPLITS, type Split } from '../../registry/kinds/dataset.js';
import { errorCode, writeFileAtomic } from '../../support/files.js';
import { corruptStore } from './corrupt-store.js';
import { FINDINGS_FILE, withoutEmptyValidation } from './store-format.js';

/** Findings about all images of a store: `findings.json`. */
export interface Findings {
  /** Groups of images with identical pixels, in the order of the store. */
  readonly duplicates: readonly DuplicateGroup[];
  /** Groups with images of more than one part: training, validation, test. */
  readonly leaks: number;
  /** Groups with images of both domains. */
  readonly overlaps: number;
  readonly traits: SplitCounts;
  readonly formats: SplitCounts;
  /** Bad images by reason. */
  readonly skipped: SplitCounts;
  /** Images whose values do not fit between black and white; absent in stores of older versions. */
  readonly ranges?: readonly RangeFinding[];
}

/** Images of one split with the same problem and the same white. */
export interface RangeFinding {
  readonly split: Split;
  readonly trouble: 'nearly black' | 'clipped';
  readonly count: number;
  /** The names of the first ones. */
  readonly names: readonly string[];
  /** The least and the largest value of all of them. */
  readonly least: number;
  readonly most: number;
  readonly white: number;
}

export interface DuplicateGroup {
  readonly pixels: string;
  readonly images: readonly ImageName[];
}

export interface ImageName {
  readonly split: Split;
  readonly name: string;
}

/** The number of images by split and by trait, format or reason. */
export type SplitCounts = Readonly<Record<Split, Readonly<Record<string, number>>>>;

const COUNTS = ['traits', 'formats', 'skipped'] as const;

/** On disk the images of a group are called `pictures`, as in the first version of the format. */
interface FindingsFile extends Omit<Findings, 'duplicates'> {
  readonly duplicates: readonly { readonly pixels: string; readonly pictures: readonly ImageName[] }[];
}

export async function writeFindings(dir: string, findings: Findings): Promise<void> {
  const duplicates = findings.duplicates.map(({ pixels, images }) => ({ pixels, pictures: images }));
  const file = { ...findings, duplicates, ...countsOf(findings, written) };
  await writeFileAtomic(join(dir, FINDINGS_FILE), `${JSON.stringify(file, null, 1)}\n`);
}

/** @throws ProblemError `corrupt-store` */
export async function readFindings(dir: string): Promise<Findings> {
  const path = join(dir, FINDINGS_FILE);
  try {
    const file = JSON.parse(await readFile(path, 'utf8')) as FindingsFile;
    const duplicates = file.duplicates.map(({ pixels, pictures }) => ({ pixels, images: pictures }));
    return { ...file, duplicates, ...countsOf(file, whole) };
  } catch (error) {
    if (!(error instanceof SyntaxError) && errorCode(error) === undefined) throw error;
    throw corruptStore(`${path} is missing or damaged`);
  }
}

function countsOf(
  findings: Pick<Findings, (typeof COUNTS)[number]>,
  convert: (counts: SplitCounts) => SplitCounts,
): Pick<Findings, (typeof COUNTS)[number]> {
  return Object.fromEntries(COUNTS.map((key) => [key, convert(findings[key])])) as Pick<
    Findings,
    (typeof COUNTS)[number]
  >;
}

/** As on disk: without the counts of a validation part that there is not. */
function written(counts: SplitCounts): SplitCounts {
  return withoutEmptyValidation(counts, (count) => Object.keys(count).length === 0) as SplitCounts;
}

function whole(counts: SplitCounts): SplitCounts {
  return Object.fromEntries(SPLITS.map((split) => [split, counts[split] ?? {}])) as unknown as SplitCounts;
}
