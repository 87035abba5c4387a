import { ignoredSignals } from '../support/ignored-signals.js';
import type { ExitCode } from './io.js';

/** The user's stop signals. */
export interface Interrupts {
  /** Aborted by the first Ctrl-C (or SIGTERM, or a closed terminal): save and stop. */
  readonly stop: AbortSignal;
  /** Aborted by the second Ctrl-C (or SIGTERM): stop at once. */
  readonly stopNow: AbortSignal;
  /** Restores the default signal handling. */
  readonly dispose: () => void;
}

/** Time for clean-up after an immediate stop. */
const grace = 3000;

/**
 * Listens to the signals that stop a program, except those ignored when the command was started: `nohup runner run ...` outlives its
 * terminal.
 *
 * @param onFirst informs the user
 */
export function interrupts(onFirst: () => void): Interrupts {
  const stop = new AbortController();
  const stopNow = new AbortController();
  const interrupt = (signal: NodeJS.Signals) => {
    if (!stop.signal.aborted) {
      stop.abort();
      onFirst();
    } else if (signal !== 'SIGHUP') {
      // A closed terminal sends SIGHUP twice (itself and its shell), so a second one is not a request to stop at once.
      stopNow.abort();
      // A stage in this process may not react.
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
