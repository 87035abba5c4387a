import type { SourceWork } from '../../registry/kinds/dataset.js';
import { WorkScreen } from '../console/work-screen.js';
import { interrupts } from '../interrupts.js';
import type { ExitCode, Io } from '../io.js';

/**
 * Runs a long operation on a data set: shows its progress, and stops at Ctrl-C.
 *
 * @param what starts the line: the data set's name
 * @param kept the message when it is stopped
 * @returns the exit code; 130 when the user stopped it
 * @throws the errors of the operation
 */
export async function withProgress(
  what: string,
  kept: string,
  io: Io,
  work: (work: SourceWork) => Promise<ExitCode>,
): Promise<ExitCode> {
  const screen = new WorkScreen(what, io);
  const signals = interrupts(() => screen.say('Stopping.'));
  try {
    const stop = AbortSignal.any([signals.stop, signals.stopNow]);
    const { progress, note } = screen;
    return await work({ signal: stop, progress, note });
  } catch (error) {
    if (!signals.stop.aborted) throw error;
    screen.say(kept);
    return 130;
  } finally {
    screen.close();
    signals.dispose();
  }
}
