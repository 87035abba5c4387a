import type { ProblemCode } from './problem-codes.js';

/**
 * What went wrong, told to a person: a user's mistake or a failing world, never a bug.
 *
 * Problems are values. Deep inside asynchronous work they travel in a {@link ProblemError}; a bug travels in any other
 * error and keeps its stack trace.
 */
export interface Problem {
  /** A stable name that programs and tests can rely on, such as `unknown-key`. */
  readonly code: ProblemCode;
  /** What was expected and what was found, in one or two sentences. */
  readonly message: string;
  /** What to do about it. */
  readonly cure?: string;
  /** Where in a file it is, when it is in one. */
  readonly place?: Place;
  /**
   * The config value that it is about, such as `['dataset', 'path']`, where whoever finds the problem does not know the file: the place
   * is added by whoever does. Empty where it is about none.
   */
  readonly option?: readonly string[];
}

/** A spot in a text file; lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The lines around the spot, with a marker under it, ready to print. */
  readonly excerpt?: string;
}

/** The same problems with the places of the config values that they are about. */
export function placed(
  problems: readonly Problem[],
  placeOf: ((path: readonly string[]) => Place | undefined) | undefined,
): readonly Problem[] {
  return problems.map((problem) => {
    const { option, ...rest } = problem;
    const place = problem.place ?? (option && placeOf?.(option));
    return place === undefined ? problem : { ...rest, place };
  });
}

/** Carries one or more problems up to the place that prints them (the command line) or records them (the pipeline). */
export class ProblemError extends Error {
  readonly problems: readonly Problem[];

  constructor(...problems: readonly [Problem, ...Problem[]]) {
    super(problems.map((problem) => problem.message).join('\n'));
    this.name = 'ProblemError';
    this.problems = problems;
  }
}
