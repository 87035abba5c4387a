import { resolve } from 'node:path';
import {
  REQUIRED_SPLITS,
  SPLITS,
  type Domain,
  type RequiredSplit,
  type Split,
} from '../../../registry/kinds/dataset.js';
import { ProblemError, type Problem } from '../../../support/problem.js';
import { visible } from '../../../support/visible.js';
import type { Arranged } from '../arranged/find-images.js';
import { sortByName } from '../arranged/file-order.js';
import type { ImageFile } from '../arranged/image-files.js';
import { problemAt, type ListPlace } from './list-place.js';
import { readRows, type ListRow } from './list-rows.js';

/** Mistakes reported one by one; of the others, only the number. */
const MAX_REPORTED = 10;
/** Other words for `val`. */
const VALIDATION = /^(valid|validation|dev)(?=[ab]?$)/i;

export interface Listed {
  readonly images: Arranged;
  /** The place of each file in the list. */
  readonly places: ReadonlyMap<string, ListPlace>;
  /** Rows of a validation split that is not used, as it has no images of one of the domains. */
  readonly passedOver: number;
}

/** The domain and the split of a row; `part` is undefined where it has no split. */
interface Use {
  readonly domain: Domain;
  readonly part: Part | undefined;
}

type Part = 'train' | 'test' | 'val';
type Files = Readonly<Record<`${Domain} ${Part | 'any'}`, ImageFile[]>>;

/**
 * Reads the images that a list names.
 *
 * @param root the folder that its paths are relative to
 * @param domains other names of A and B in the list
 * @throws ProblemError with every mistake at its line
 */
export function readList(path: string, text: string, root: string, domains: readonly string[] | null): Listed {
  const { rows, problems: unread } = readRows(path, text);
  const problems = [...unread];
  const places = new Map<string, ListPlace>();
  const firstRows = new Map<string, ListRow>();
  const files: Files = {
    'A train': [],
    'A test': [],
    'A val': [],
    'A any': [],
    'B train': [],
    'B test': [],
    'B val': [],
    'B any': [],
  };
  let passedOver = 0;
  for (const row of rows) {
    if (isValidation(row.split) && row.domain === '') {
      passedOver++;
      continue;
    }
    const file = resolve(root, row.file);
    const use = useOf(row, domains);
    const problem = use.problem ?? rowProblem(row, firstRows.get(file));
    if (problem !== undefined) problems.push(problemAt(path, row.place, problem));
    else files[`${use.domain!} ${use.part ?? 'any'}`].push({ name: row.file });
    places.set(row.file, places.get(row.file) ?? row.place);
    firstRows.set(file, firstRows.get(file) ?? row);
  }
  if (problems.length === 0) problems.push(...splitProblems(path, files));
  if (problems.length > 0) throw listProblems(path, problems);
  for (const list of Object.values(files)) sortByName(list);
  const validation = files['A val'].length > 0 && files['B val'].length > 0;
  if (!validation) passedOver += files['A val'].length + files['B val'].length;
  const images = arranged(files);
  return {
    images: validation ? { ...images, validation: { A: files['A val'], B: files['B val'] } } : images,
    places,
    passedOver,
  };
}

/** A validation split without a domain. */
function isValidation(split: string): boolean {
  return valFor(split).toLowerCase() === 'val';
}

function valFor(split: string): string {
  return split.replace(VALIDATION, 'val');
}

function useOf(
  { split, domain }: ListRow,
  domains: readonly string[] | null,
): Partial<Use> & { readonly problem?: string } {
  const whole = SPLITS.find((name) => name.toLowerCase() === valFor(split).toLowerCase());
  const named = domainOf(domain, domains);
  if (whole !== undefined) {
    const own = whole.slice(-1) as Domain;
    if (domain !== '' && named !== own)
      return { problem: `split "${split}" is of domain ${own}, and domain is "${visible(domain)}".` };
    return { domain: own, part: partOf(whole) };
  }
  const expected = domain === '' ? SPLITS.join(', ') : 'train, test, val';
  if (named === undefined) {
    const problem =
      domain !== ''
        ? `unknown domain "${visible(domain)}"; expected A or B${domains === null ? ' (dataset.domains can name them)' : `, ${domains.join(' or ')}`}.`
        : split === ''
          ? 'neither split nor domain is given.'
          : `unknown split "${visible(split)}"; expected ${expected}.`;
    return { problem };
  }
  if (split === '') return { domain: named };
  const part = WORDS.find(({ word }) => word.test(split))?.part;
  return part === undefined
    ? { problem: `unknown split "${visible(split)}"; expected ${expected}.` }
    : { domain: named, part };
}

const WORDS: readonly { readonly word: RegExp; readonly part: Part }[] = [
  { word: /^(train|training)$/i, part: 'train' },
  { word: /^(test|testing)$/i, part: 'test' },
  { word: /^(val|valid|validation|dev)$/i, part: 'val' },
];

function domainOf(word: string, domains: readonly string[] | null): Domain | undefined {
  const index = domains?.indexOf(word) ?? -1;
  if (index >= 0) return index === 0 ? 'A' : 'B';
  const letter = word.toUpperCase();
  return letter === 'A' || letter === 'B' ? letter : undefined;
}

function partOf(split: Split): Part {
  return split.slice(0, -1) as Part;
}

/** @param firstRows a row of the same file, however its path is written */
function rowProblem({ file }: ListRow, firstRows: ListRow | undefined): string | undefined {
  if (file.trim() === '') return 'no file is given.';
  if (firstRows === undefined) return undefined;
  const spelling = firstRows.file === file ? '' : ` (as ${visible(firstRows.file)})`;
  return `${visible(file)} is in the list already, at ${firstRows.place.text}${spelling}.`;
}

/** Each domain needs images, and a split is given for all of them or for none; tests for both domains or for neither. */
function splitProblems(path: string, files: Files): Problem[] {
  const has = (key: keyof Files) => files[key].length > 0;
  const problem = (message: string, cure: string): Problem => ({
    code: 'bad-list',
    option: [],
    message: `${path}: ${message}`,
    cure,
  });
  const open = has('A any') || has('B any');
  const given = (['A train', 'A test', 'B train', 'B test'] as const).some(has);
  if (open && given) {
    const cure = 'Give every image its split, or none.';
    return [problem('some images have a split and others have none.', cure)];
  }
  const empty = (['A', 'B'] as const).filter((domain) => !has(`${domain} train`) && !has(`${domain} any`));
  if (empty.length > 0) {
    const what = open ? 'images' : 'training images';
    return empty.map((domain) => problem(`there are no ${what} of domain ${domain}.`, `Add some.`));
  }
  if (has('A test') === has('B test')) return [];
  const [tested, untested] = has('A test') ? ['A', 'B'] : ['B', 'A'];
  const cure = 'Add some, or leave out those of the other: then a part of the training images is kept for tests.';
  return [problem(`there are test images of domain ${tested} but none of ${untested}.`, cure)];
}

function arranged(files: Files): Arranged {
  if (files['A any'].length > 0) return { domains: { A: files['A any'], B: files['B any'] } };
  if (files['A test'].length === 0) return { domains: { A: files['A train'], B: files['B train'] } };
  const key = (split: RequiredSplit) => `${split.slice(-1) as Domain} ${partOf(split)}` as const;
  return {
    splits: Object.fromEntries(REQUIRED_SPLITS.map((split) => [split, files[key(split)]])) as unknown as BySplit,
  };
}

type BySplit = Record<RequiredSplit, readonly ImageFile[]>;

function listProblems(path: string, problems: readonly Problem[]): ProblemError {
  const [first, ...others] = problems.slice(0, MAX_REPORTED);
  const rest = problems.length - MAX_REPORTED;
  const more: Problem = { code: 'bad-list', option: [], message: `${path}: and ${rest} more are wrong.` };
  return new ProblemError(first!, ...others, ...(rest > 0 ? [more] : []));
}
