/**
 * The signals that were ignored when the command was started: SIGHUP by `nohup`, SIGINT and SIGQUIT in the background jobs of a script. Node
 * sets them back to what they do by default, so the `runner` script tells of them, in RUNNER_IGNORED_SIGNALS.
 */
export function ignoredSignals(): ReadonlySet<string>;

/** Goes on ignoring, in this process, what was ignored when the command was started. */
export function keepIgnoring(): void;

/** A command line that goes on ignoring it, too: Node starts every program with all signals as they are by default. */
export function ignoring(command: readonly [string, ...string[]]): readonly [string, ...string[]];
