import type { Problem } from '../../support/problem.js';
import type { Io } from '../io.js';

/** What all pages are opened with. */
export interface PagePlace {
  /** The folder of runs, absolute. */
  readonly runs: string;
  /** To listen at. */
  readonly host: string;
  readonly env: Io['env'];
  /** The user wants no more. */
  readonly stop: AbortSignal;
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
}

/** Something to look at in a browser. */
export interface Page {
  readonly name: string;
  readonly address: string;
  /** What there is to know about it. */
  readonly text?: string;
  /** Of a server that was started for it: settles when that ends by itself. */
  readonly died?: Promise<Problem>;
  readonly close?: () => Promise<void>;
}
