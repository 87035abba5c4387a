// As src/support/ignored-signals.ts, which set-up cannot use: it runs before there is a build.

/** The signals that were ignored when the command was started, as the `runner` script tells. @returns {ReadonlySet<string>} */
export function ignoredSignals() {
  const told = (process.env.RUNNER_IGNORED_SIGNALS ?? '').split(' ');
  return new Set(['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTSTP'].filter((signal) => told.includes(signal)));
}

/** Goes on ignoring them in this process: Node has set them back to what they do by default. */
export function keepIgnoring() {
  for (const signal of ignoredSignals()) process.on(signal, () => undefined);
}

/**
 * A command line that goes on ignoring them, too.
 * @param {readonly string[]} command
 * @returns {readonly string[]}
 */
export function ignoring(command) {
  const signals = [...ignoredSignals()].map((signal) => signal.replace('SIG', ''));
  return signals.length === 0
    ? command
    : ['/bin/sh', '-c', `trap '' ${signals.join(' ')}; exec "$@"`, 'sh', ...command];
}
