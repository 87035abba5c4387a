import type { Listener, RunnerEvent } from '../../pipeline/events.js';
import type { StageEvent } from '../../registry/kinds/stage-event.js';
import { printable } from '../../support/visible.js';
import type { Io } from '../io.js';
import { paint, type Paint } from '../paint.js';
import { printProblems } from '../problems.js';
import { duration } from './format.js';
import { LiveLine } from './live-line.js';
import { ProgressLog } from './progress-log.js';
import { ProgressMeter } from './progress-meter.js';
import { shortPath } from './short-path.js';

/** What is shown of a run while it works: a live line on a terminal, plain lines now and then elsewhere. */
export class RunConsole {
  readonly #colours: Paint;
  readonly #live: LiveLine | undefined;
  readonly #log = new ProgressLog();
  #meter = new ProgressMeter('');
  /** Of the progress that was told last. */
  #unit: string | undefined;

  constructor(private readonly io: Io) {
    this.#colours = paint(io.stdout, io.env);
    if (io.stdout.isTTY === true && io.env['TERM'] !== 'dumb') this.#live = new LiveLine(io.stdout);
  }

  readonly listen: Listener = (event) => {
    if (event.kind === 'stage-event') return this.#stageEvent(event.tracked.stage, event.tracked.event);
    this.#live?.clear();
    if (event.kind === 'stage-failed') {
      printProblems(event.problems, this.io);
      if (event.bug !== undefined) this.io.stderr.write(`${event.bug}\n`);
      return;
    }
    for (const line of this.#linesOf(event)) this.#say(line);
  };

  /** Says what the first Ctrl-C does. */
  stopping(): void {
    this.#live?.clear();
    // Only training goes by steps, and saves.
    const how = this.#unit === 'steps' ? 'Stopping: finishing the step, then saving.' : 'Stopping.';
    this.#say(this.#colours.yellow(`${how} Ctrl-C again stops now.`));
  }

  /** Gives the terminal back as it was. */
  close(): void {
    this.#live?.close();
  }

  #stageEvent(stage: string, event: StageEvent): void {
    if (event.kind === 'note') return this.listen({ ...event, text: `${stage}: ${event.text}` });
    if (event.kind !== 'progress') return;
    this.#unit = event.unit;
    this.#meter.update(event);
    if (this.#live !== undefined) this.#live.show((width) => this.#meter.line(width));
    else if (this.#log.isDue(event)) this.#say(this.#meter.line(Infinity));
  }

  #linesOf(event: RunnerEvent): string[] {
    const { bold, dim, green, yellow } = this.#colours;
    switch (event.kind) {
      case 'plan':
        return [`${bold(event.runName)}  ${dim(this.#short(event.runDir))}`, ...(event.dryRun ? planLines(event) : [])];
      case 'stage-started':
        this.#meter = new ProgressMeter(event.stage);
        this.#log.restart();
        this.#unit = undefined;
        return [`${bold(event.stage)} ${event.resumes ? 'goes on' : 'starts'}: ${event.reason}`];
      case 'stage-skipped':
        return [dim(`${event.stage}: ${event.reason}`)];
      case 'stage-finished':
        return [`${green(event.stage)}: done in ${duration(event.seconds)}`];
      case 'stage-interrupted':
        return [yellow(`${event.stage}: ${stopped(event)}`)];
      case 'set-aside':
        return [`${event.stage}: what was there is now in ${this.#short(event.to)} (${event.reason})`];
      case 'waiting':
        return [
          `${event.stage}: another process is building it (${event.holder}); waiting for it`,
          ...(event.advice ? [event.advice] : []),
        ];
      case 'took-over':
        return [`${event.what}: the lock of a dead process is taken over (${event.holder})`];
      case 'note':
        return [event.level === 'warning' ? yellow(`warning: ${printable(event.text)}`) : printable(event.text)];
      default:
        return [];
    }
  }

  #short(path: string): string {
    return shortPath(this.io.cwd, path);
  }

  #say(line: string): void {
    this.io.stdout.write(`${line}\n`);
  }
}

/** `stopped; kept: the checkpoint of step 12`. */
function stopped({ saved, next }: RunnerEvent & { kind: 'stage-interrupted' }): string {
  return ['stopped', ...(saved === undefined ? [] : [`kept: ${saved}`]), ...(next === undefined ? [] : [next])].join(
    '; ',
  );
}

/** Every stage with what would be done about it. */
function planLines({ stages }: RunnerEvent & { kind: 'plan' }): string[] {
  const words = { skip: 'skip', leave: 'leave', fresh: 'run', resume: 'go on', replace: 'run again' } as const;
  const width = Math.max(...stages.map(({ stage }) => stage.length));
  return stages.map(({ stage, action, reason }) => `  ${stage.padEnd(width)}  ${words[action].padEnd(9)}  ${reason}`);
}
