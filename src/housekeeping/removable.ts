import { fileProblem } from '../support/file-problem.js';
import { type Problem, ProblemError } from '../support/problem.js';

/** In the order of output. */
export const KINDS = [
  'result',
  'set-aside',
  'checkpoint',
  'leftover',
  'download',
  'weights',
  'hashes',
  'program',
  'dataset',
] as const;
export type RemovableKind = (typeof KINDS)[number];

/** Something unused on the disk. */
export interface Removable {
  readonly kind: RemovableKind;
  /** Absolute. */
  readonly path: string;
  /** Disk usage. */
  readonly bytes: number;
  /** When it was last used, or set aside; milliseconds since 1970. */
  readonly since: number;
  /** A description: `horse2zebra, 256 px`. */
  readonly what: string;
  /** Why it is unused. */
  readonly why: string;
  /** Checks again whether it is in use, and removes it if not. @returns `kept` if it is in use */
  remove(): Promise<'removed' | 'kept'>;
}

export interface CleanRequest {
  /** Absolute. */
  readonly runsRoot: string;
  /** Items used within so many days are kept. */
  readonly keepDays?: number;
  /** Results are only removed until the store takes at most so many bytes. */
  readonly storeLimit?: number;
  /** Whether the user wants to remove data sets: then notes list those that are kept. */
  readonly datasets?: boolean;
}

/** Items that were found, and problems of the search. */
export interface UnusedSurvey {
  readonly items: readonly Removable[];
  readonly problems: readonly Problem[];
  /** For the user: what is kept, and why. */
  readonly notes: readonly string[];
}

/** Searches a list one by one; a problem with one is reported, and the others are still searched. */
export async function surveyEach<T>(
  list: readonly T[],
  what: string,
  search: (one: T) => Promise<Partial<UnusedSurvey>>,
): Promise<UnusedSurvey> {
  const [items, problems, notes]: [Removable[], Problem[], string[]] = [[], [], []];
  for (const one of list) {
    try {
      const found = await search(one);
      items.push(...(found.items ?? []));
      problems.push(...(found.problems ?? []));
      notes.push(...(found.notes ?? []));
    } catch (error) {
      problems.push(...problemsOf(error, what));
    }
  }
  return { items, problems, notes };
}

/** The problems that an error reports. @throws the error if it is a bug */
export function problemsOf(error: unknown, what: string): readonly Problem[] {
  if (error instanceof ProblemError) return error.problems;
  const problem = fileProblem(error, what);
  if (problem === undefined) throw error;
  return [problem];
}

const DAY_MS = 24 * 3_600_000;

/** Whether an item was unused for the days that the user wants to keep, by default `usually`. */
export function isOld(since: number, { keepDays }: CleanRequest, usually = 0): boolean {
  return Date.now() - since >= (keepDays ?? usually) * DAY_MS;
}
