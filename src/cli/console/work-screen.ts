import type { Progress, StageEvent } from '../../registry/kinds/stage-event.js';
import type { Io } from '../io.js';
import { paint } from '../paint.js';
import { type LiveBlock, liveBlock } from './live-block.js';
import { ProgressLog } from './progress-log.js';
import { ProgressMeter } from './progress-meter.js';

/** Shows one operation: a live block on a terminal, plain lines elsewhere. */
export class WorkScreen {
  readonly #live: LiveBlock | undefined;
  readonly #log = new ProgressLog();
  readonly #meter: ProgressMeter;

  /** @param what starts the lines, such as a data set's name */
  constructor(
    what: string,
    private readonly io: Io,
  ) {
    this.#meter = new ProgressMeter(what, undefined, paint(io.stdout, io.env));
    this.#live = liveBlock(io);
  }

  readonly progress = (progress: Omit<Progress, 'kind'>): void => {
    const event = { kind: 'progress', ...progress } as const;
    this.#meter.update(event);
    if (this.#live !== undefined) this.#live.show((width) => this.#meter.lines(width));
    else if (this.#log.isDue(event)) this.say(this.#meter.line());
  };

  readonly note = (level: 'info' | 'warning', text: string): void => {
    const { yellow } = paint(this.io.stdout, this.io.env);
    this.say(level === 'warning' ? yellow(`warning: ${text}`) : text);
  };

  /** Shows the progress and the notes of work that reports events. */
  readonly listen = (event: StageEvent): void => {
    if (event.kind === 'progress') this.progress(event);
    else if (event.kind === 'note') this.note(event.level, event.text);
  };

  say(line: string): void {
    if (this.#live !== undefined) this.#live.say(line);
    else this.io.stdout.write(`${line}\n`);
  }

  close(): void {
    this.#live?.close();
  }
}
