import { fileProblem } from '../support/file-problem.js';
import { type Problem, ProblemError } from '../support/problem.js';

/** In the order in which people are told of them. */
export const KINDS = ['result', 'set-aside', 'checkpoint', 'leftover', 'download', 'hashes', 'dataset'] as const;
export type RemovableKind = (typeof KINDS)[number];

/** Something on the disk that nobody needs. */
export interface Removable {
  readonly kind: RemovableKind;
  /** Absolute. */
  readonly path: string;
  /** On the disk. */
  readonly bytes: number;
  /** When it was last used, or set aside; milliseconds since 1970. */
  readonly since: number;
  /** What it is, for people: `horse2zebra, 256 px`. */
  readonly what: string;
  /** Why it is unused. */
  readonly why: string;
  /** Looks once more whether somebody needs it. @returns `kept` if so */
  remove(): Promise<'removed' | 'kept'>;
}

export interface CleanRequest {
  /** Absolute. */
  readonly runsRoot: string;
  /** What was used in as many days stays. */
  readonly keepDays?: number;
  /** Of the store's results only so many go that the rest takes up at most so many bytes. */
  readonly storeLimit?: number;
  /** Whether the user wants data sets to go: then they are told which stay. */
  readonly datasets?: boolean;
}

/** What was found, and what could not be looked at. */
export interface UnusedSurvey {
  readonly items: readonly Removable[];
  readonly problems: readonly Problem[];
  /** Told to the user: what was left alone, and why. */
  readonly notes: readonly string[];
}

/** Looks at one after the other; trouble with one is told, and the others are looked at all the same. */
export async function surveyEach<T>(
  list: readonly T[],
  what: string,
  look: (one: T) => Promise<Partial<UnusedSurvey>>,
): Promise<UnusedSurvey> {
  const [items, problems, notes]: [Removable[], Problem[], string[]] = [[], [], []];
  for (const one of list) {
    try {
      const found = await look(one);
      items.push(...(found.items ?? []));
      problems.push(...(found.problems ?? []));
      notes.push(...(found.notes ?? []));
    } catch (error) {
      problems.push(...problemsOf(error, what));
    }
  }
  return { items, problems, notes };
}

/** What the world has done to prevent something. @throws the error, where it is a bug */
export function problemsOf(error: unknown, what: string): readonly Problem[] {
  if (error instanceof ProblemError) return error.problems;
  const problem = fileProblem(error, what);
  if (problem === undefined) throw error;
  return [problem];
}

const DAY_MS = 24 * 3_600_000;

/** Whether something was not used in the days that the user wants to keep, or else in `usually` days. */
export function isOld(since: number, { keepDays }: CleanRequest, usually = 0): boolean {
  return Date.now() - since >= (keepDays ?? usually) * DAY_MS;
}
