// The functions are documented in ignored-signals.d.mts, by which TypeScript knows them.

/** Signals whose being ignored counts; `runner`, the script, looks for the same. */
const HEEDED = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTSTP'];

/** @type {typeof import('./ignored-signals.mjs').ignoredSignals} */
export function ignoredSignals() {
  const ignored = (process.env.RUNNER_IGNORED_SIGNALS ?? '').split(' ');
  return new Set(HEEDED.filter((signal) => ignored.includes(signal)));
}

/** @type {typeof import('./ignored-signals.mjs').keepIgnoring} */
export function keepIgnoring() {
  for (const signal of ignoredSignals()) process.on(signal, () => undefined);
}

/** @type {typeof import('./ignored-signals.mjs').ignoring} */
export function ignoring(command) {
  const signals = [...ignoredSignals()].map((signal) => signal.replace('SIG', ''));
  return signals.length === 0
    ? command
    : ['/bin/sh', '-c', `trap '' ${signals.join(' ')}; exec "$@"`, 'sh', ...command];
}
