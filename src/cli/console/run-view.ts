import type { Listener } from '../../pipeline/runner-events.js';
import type { Failure } from '../../pipeline/stage-failure.js';
import type { RunOutcome } from '../../pipeline/run-outcome.js';
import type { ExitCode } from '../io.js';

/** What `runner run` tells, to people or to programs. */
export interface RunView {
  readonly listen: Listener;
  /** Nothing can begin: the command line, the config or the world is wrong. */
  refused(why: Omit<Failure, 'status'>, code: ExitCode): void;
  /** The first Ctrl-C has come. */
  stopping(): void;
  ended(outcome: RunOutcome, how: RunEnding): void;
  /** Gives the terminal back as it was. May be called again. */
  close(): void;
}

export interface RunEnding {
  readonly code: ExitCode;
  /** Stages that have begun anew by `--force`, which the same command would begin anew once more. */
  readonly forced: readonly string[];
  /** `--runs`, as it was typed. */
  readonly runs: string;
}
