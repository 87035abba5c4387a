/** Signals whose being ignored counts; `runner`, the script, looks for the same. */
const HEEDED = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTSTP'] as const;

/**
 * The signals that were ignored when the command was started: SIGHUP by `nohup`, SIGINT and SIGQUIT in the background jobs of a script. Node
 * sets them back to what they do by default, so the `runner` script tells of them, in RUNNER_IGNORED_SIGNALS.
 */
export function ignoredSignals(): ReadonlySet<string> {
  const told = (process.env['RUNNER_IGNORED_SIGNALS'] ?? '').split(' ');
  return new Set(HEEDED.filter((signal) => told.includes(signal)));
}

/** Goes on ignoring, in this process, what was ignored when the command was started. */
export function keepIgnoring(): void {
  for (const signal of ignoredSignals()) process.on(signal, () => undefined);
}

/** A command line that goes on ignoring it, too: Node starts every program with all signals as they are by default. */
export function ignoring(command: readonly [string, ...string[]]): readonly [string, ...string[]] {
  const signals = [...ignoredSignals()].map((signal) => signal.replace('SIG', ''));
  return signals.length === 0
    ? command
    : ['/bin/sh', '-c', `trap '' ${signals.join(' ')}; exec "$@"`, 'sh', ...command];
}
