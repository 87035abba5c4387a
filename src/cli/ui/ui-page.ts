import type { Problem } from '../../support/problem.js';
import type { Io } from '../io.js';

/** The parameters of all pages. */
export interface PagePlace {
  /** The folder of runs, absolute. */
  readonly runs: string;
  /** The host to listen on. */
  readonly host: string;
  readonly env: Io['env'];
  /** The user's stop signal. */
  readonly stop: AbortSignal;
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
}

/** A page for the browser. */
export interface Page {
  readonly name: string;
  readonly address: string;
  /** A note for the user. */
  readonly text?: string;
  /** Settles when the server started for it ends unexpectedly. */
  readonly died?: Promise<Problem>;
  readonly close?: () => Promise<void>;
}
