import type { ProblemCode } from './problem-codes.js';

/**
 * An error for the user: a mistake of the user or a failure of the system, never a bug.
 *
 * Problems are values. In asynchronous work they are thrown as a {@link ProblemError}; any other error is a bug and keeps its stack trace.
 */
export interface Problem {
  /** A stable name that programs and tests can rely on, such as `unknown-key`. */
  readonly code: ProblemCode;
  /** What was expected and what was found, in one or two sentences. */
  readonly message: string;
  /** What to do about it. */
  readonly cure?: string;
  /** Its place in a file. */
  readonly place?: Place;
  /**
   * The config value that it is about, such as `['dataset', 'path']`, if the file is unknown where the problem is found: `placed` adds
   * the place.
   */
  readonly option?: readonly string[];
}

/** A position in a text file; lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The lines around the position, with a marker under it, ready to print. */
  readonly excerpt?: string;
}

/** Adds to problems the places of their config values. */
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
