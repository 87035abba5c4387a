import { ignoredSignals } from '../support/ignored-signals.js';
import type { ExitCode } from './io.js';

/** What the user's signals mean to a run. */
export interface Interrupts {
  /** Aborted by the first Ctrl-C (or SIGTERM, or a closed terminal): stop, and keep what there is. */
  readonly stop: AbortSignal;
  /** Aborted by the second Ctrl-C (or SIGTERM): stop at once. */
  readonly stopNow: AbortSignal;
  /** Lets signals mean again what they usually mean. */
  readonly dispose: () => void;
}

/** How long what must be tidied up after "at once" may take. */
const grace = 3000;

/**
 * Listens to the signals that a terminal or a system sends to make a program stop, but for those that were ignored when the command was
 * started: `nohup runner run ...` outlives its terminal.
 *
 * @param onFirst tells the user what happens now
 */
export function interrupts(onFirst: () => void): Interrupts {
  const stop = new AbortController();
  const stopNow = new AbortController();
  const interrupt = (signal: NodeJS.Signals) => {
    if (!stop.signal.aborted) {
      stop.abort();
      onFirst();
    } else if (signal !== 'SIGHUP') {
      // A terminal that is closed sends SIGHUP, and its shell once more; nobody is impatient there.
      stopNow.abort();
      // A stage in this very process may not let go.
      setTimeout(() => process.exit(130 satisfies ExitCode), grace).unref();
    }
  };
  const ignored = ignoredSignals();
  const signals = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).filter((signal) => !ignored.has(signal));
  for (const signal of signals) process.on(signal, interrupt);
  return {
    stop: stop.signal,
    stopNow: stopNow.signal,
    dispose: () => {
      for (const signal of signals) process.off(signal, interrupt);
    },
  };
}
