import type { SweepEvent, SweepListener, SweepSnapshot } from '../../sweep/sweep-events.js';
import { counted } from '../../support/plain-text.js';
import { clock } from '../../support/clock.js';
import { printable } from '../../support/visible.js';
import type { Io } from '../io.js';
import { paint, type Paint } from '../paint.js';
import { duration } from './console-format.js';
import { type LiveBlock, liveBlock } from './live-block.js';
import { ProgressMeter } from './progress-meter.js';
import { shortPath } from './short-path.js';

/** Number of running trials shown, one line each. */
const MOST_LINES = 8;
/** Time between two status lines without a terminal. */
const PLAIN_MS = 60_000;

/** Shows a running sweep: the end of each trial, and on a terminal a live block with the totals and running trials. */
export class SweepConsole {
  readonly #colours: Paint;
  readonly #live: LiveBlock | undefined;
  readonly #began = performance.now();
  #told = -Infinity;

  constructor(
    private readonly io: Io,
    private readonly options: { readonly quiet?: boolean },
  ) {
    this.#colours = paint(io.stdout, io.env);
    if (options.quiet !== true) this.#live = liveBlock(io);
  }

  readonly listen: SweepListener = (event) => {
    if (event.kind === 'look') return this.#showSnapshot(event.look);
    if (this.options.quiet === true && !isUrgent(event)) return;
    for (const line of this.#linesOf(event)) this.#say(line);
  };

  stopping(): void {
    this.#say(this.#colours.yellow('Stopping: trials finish their step and save. Ctrl-C again stops now.'));
  }

  close(): void {
    this.#live?.close();
  }

  #linesOf(event: Exclude<SweepEvent, { kind: 'look' }>): string[] {
    const { bold, dim, green, red, yellow } = this.#colours;
    switch (event.kind) {
      case 'sweep-started': {
        const before = event.done === 0 ? '' : `, ${event.done} done before`;
        return [
          `${bold(event.name)}  ${dim(shortPath(this.io.cwd, event.dir))}  ${counted(event.trials, 'trial')}${before}`,
        ];
      }
      case 'trial-started':
        return [`trial ${event.trial.id}  ${printable(event.trial.label)}  starts`];
      case 'trial-ended': {
        const { trial, state, problem, log, seconds, epochs } = event;
        const head = `trial ${trial.id}  ${printable(trial.label)}  `;
        if (epochs !== undefined)
          return [`${head}trained ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'} in ${duration(seconds)}`];
        if (state === 'done') return [`${head}${green('done')} in ${duration(seconds)}`];
        if (state === 'stopped') return [`${head}${yellow('stopped')}`];
        return [`${head}${red(state)}: ${printable(problem ?? '')}`, dim(`  its log: ${shortPath(this.io.cwd, log)}`)];
      }
      case 'rung':
        return [rungText(event)];
      case 'note':
        return [event.level === 'warning' ? yellow(`warning: ${printable(event.text)}`) : printable(event.text)];
      default:
        return [];
    }
  }

  #showSnapshot(snapshot: SweepSnapshot): void {
    if (this.options.quiet === true) return;
    if (this.#live !== undefined) {
      this.#live.show((width) => this.#block(snapshot, width));
    } else if (performance.now() - this.#told > PLAIN_MS) {
      this.#told = performance.now();
      this.#say(this.#whole(snapshot));
    }
  }

  #block(snapshot: SweepSnapshot, width: number): string[] {
    const shown = snapshot.running.slice(0, MOST_LINES).map(({ trial, progress }) => {
      const meter = new ProgressMeter(`trial ${trial.id}  ${printable(trial.label)}  ${progress?.stage ?? ''}`);
      if (progress !== undefined) meter.update(progress);
      return `  ${meter.line()}`.slice(0, width);
    });
    const more = snapshot.running.length - shown.length;
    return [this.#whole(snapshot).slice(0, width), ...shown, ...(more > 0 ? [`  and ${more} more`] : [])];
  }

  /** `12:03  3/9 done  1 failed  2 running  3 queued  ETA 12 min`. */
  #whole({ counts, total, left }: SweepSnapshot): string {
    const { done = 0, ...others } = counts;
    const parts = Object.entries(others).filter(([, count]) => count > 0);
    const eta = left === undefined || left <= 0 ? [] : [`ETA ${duration(left)}`];
    const elapsed = clock((performance.now() - this.#began) / 1000);
    return [`${done}/${total} done`, ...parts.map(([state, count]) => `${count} ${state}`), ...eta, elapsed].join('  ');
  }

  #say(line: string): void {
    if (this.#live !== undefined) this.#live.say(line);
    else this.io.stdout.write(`${line}\n`);
  }
}

/** `after 2 epochs: 1 trial goes on, 3 stop here`. */
function rungText({ epochs, kept, pruned }: SweepEvent & { kind: 'rung' }): string {
  const [epoch, trial, stop] = [
    epochs === 1 ? 'epoch' : 'epochs',
    kept === 1 ? 'trial goes' : 'trials go',
    pruned === 1 ? 'stops' : 'stop',
  ];
  return `after ${epochs} ${epoch}: ${kept} ${trial} on, ${pruned} ${stop} here`;
}

/** Events that `--quiet` still shows. */
function isUrgent(event: SweepEvent): boolean {
  return (
    (event.kind === 'note' && event.level === 'warning') || (event.kind === 'trial-ended' && event.problem !== null)
  );
}
