import type { SourceProgress, SourceWork } from '../../registry/kinds/dataset.js';
import { LiveLine } from '../console/live-line.js';
import { ProgressLog } from '../console/progress-log.js';
import { ProgressMeter } from '../console/progress-meter.js';
import { interrupts } from '../interrupts.js';
import type { ExitCode, Io } from '../io.js';
import { paint } from '../paint.js';

/**
 * Does something with a data set that takes a while: shows how far it is, and stops at Ctrl-C.
 *
 * @param what begins the line: the data set's name
 * @param kept what is told when it was stopped
 * @returns the exit code; 130 when the user stopped it
 * @throws what the work throws
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

/** A live line on a terminal, plain lines now and then elsewhere. */
class WorkScreen {
  readonly #live: LiveLine | undefined;
  readonly #log = new ProgressLog();
  readonly #meter: ProgressMeter;

  constructor(
    what: string,
    private readonly io: Io,
  ) {
    this.#meter = new ProgressMeter(what);
    if (io.stdout.isTTY === true && io.env['TERM'] !== 'dumb') this.#live = new LiveLine(io.stdout);
  }

  readonly progress = (progress: SourceProgress): void => {
    const event = { kind: 'progress', ...progress } as const;
    this.#meter.update(event);
    if (this.#live !== undefined) this.#live.show((width) => this.#meter.line(width));
    else if (this.#log.isDue(event)) this.say(this.#meter.line(Infinity));
  };

  readonly note = (level: 'info' | 'warning', text: string): void => {
    const { yellow } = paint(this.io.stdout, this.io.env);
    this.say(level === 'warning' ? yellow(`warning: ${text}`) : text);
  };

  say(line: string): void {
    this.#live?.clear();
    this.io.stdout.write(`${line}\n`);
  }

  close(): void {
    this.#live?.close();
  }
}
