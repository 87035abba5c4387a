import type { Listener } from '../../pipeline/runner-events.js';
import type { Failure } from '../../pipeline/stage-failure.js';
import type { RunOutcome } from '../../pipeline/run-outcome.js';
import type { ExitCode } from '../io.js';

/** The output of `runner run`, as text or JSON. */
export interface RunView {
  readonly listen: Listener;
  /** Nothing can start: the command line, the config or the environment is invalid. */
  refused(why: Omit<Failure, 'status'>, code: ExitCode): void;
  /** The first Ctrl-C. */
  stopping(): void;
  ended(outcome: RunOutcome, how: RunEnding): void;
  /** Restores the terminal. May be called again. */
  close(): void;
}

export interface RunEnding {
  readonly code: ExitCode;
  /** Stages restarted by `--force`, which the same command would restart again. */
  readonly forced: readonly string[];
  /** The value of `--runs`. */
  readonly runs: string;
}
