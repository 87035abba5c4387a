import type { Listener, RunnerEvent } from '../../pipeline/runner-events.js';
import type { Failure } from '../../pipeline/stage-failure.js';
import type { RunOutcome } from '../../pipeline/run-outcome.js';
import type { StageEvent } from '../../registry/kinds/stage-event.js';
import { printable } from '../../support/visible.js';
import type { Io } from '../io.js';
import { paint, type Paint } from '../paint.js';
import { printProblems } from '../print-problems.js';
import { printDone } from './done.js';
import { duration } from './console-format.js';
import { type LiveBlock, liveBlock } from './live-block.js';
import { ProgressLog } from './progress-log.js';
import { ProgressMeter } from './progress-meter.js';
import type { RunEnding, RunView } from './run-view.js';
import { shortPath } from './short-path.js';

/** Redraw interval, so that elapsed time advances without events. */
const TICK_MS = 1000;

const PHASE_TICK_MS = 15_000;

/** Shows a running experiment: a live block on a terminal, plain lines elsewhere. */
export class RunConsole implements RunView {
  readonly #colours: Paint;
  readonly #live: LiveBlock | undefined;
  readonly #log = new ProgressLog();
  readonly #quiet: boolean;
  #meter: ProgressMeter | undefined;
  #clock: NodeJS.Timeout | undefined;
  /** Whether the running stage saves a checkpoint when stopped. */
  #trains = false;

  /** @param quiet only problems, warnings and the result */
  constructor(
    private readonly io: Io,
    { quiet = false }: { readonly quiet?: boolean } = {},
  ) {
    this.#quiet = quiet;
    this.#colours = paint(io.stdout, io.env);
    if (!quiet) this.#live = liveBlock(io);
  }

  readonly listen: Listener = (event) => {
    if (event.kind === 'stage-event') return this.#stageEvent(event.tracked.stage, event.tracked.event);
    if (event.kind === 'stage-failed') {
      this.#rest();
      printProblems(event.problems, this.io);
      if (event.bug !== undefined) this.io.stderr.write(`${event.bug}\n`);
      return;
    }
    if (hasEnded(event)) this.#rest();
    for (const line of this.#quiet && !isUrgent(event) ? [] : this.#linesOf(event)) this.#say(line);
    if (event.kind === 'stage-started') this.#work(event.stage);
  };

  refused({ problems }: Pick<Failure, 'problems'>): void {
    this.close();
    printProblems(problems, this.io);
  }

  /** Explains the effect of the first Ctrl-C. */
  stopping(): void {
    const how = this.#trains ? 'Stopping: finishing the step, then saving.' : 'Stopping.';
    this.#say(this.#colours.yellow(`${how} Ctrl-C again stops now.`));
  }

  ended(outcome: RunOutcome, { forced, runs }: RunEnding): void {
    this.close();
    switch (outcome.status) {
      case 'invalid':
        return printProblems(outcome.problems, this.io);
      case 'failed':
        printProblems(outcome.problems, this.io);
        if (outcome.bug !== undefined) this.io.stderr.write(`${outcome.bug}\n`);
        if (forced.length > 0) this.io.stderr.write(`${resumeHint(forced)}\n`);
        return;
      case 'interrupted':
        return this.#say(`Stopped. ${resumeHint(forced)}`);
      case 'planned':
        return;
      case 'up-to-date':
      case 'done':
        return printDone(outcome, runs, this.io);
    }
  }

  close(): void {
    this.#rest();
    this.#live?.close();
  }

  #stageEvent(stage: string, event: StageEvent): void {
    if (event.kind === 'note') return this.listen({ ...event, text: `${stage}: ${event.text}` });
    if (event.kind !== 'progress' && event.kind !== 'phase') return;
    if (this.#meter === undefined) this.#work(stage);
    const meter = this.#meter!;
    this.#trains = event.kind === 'progress' && event.training !== undefined;
    if (event.kind === 'progress') meter.update(event);
    else meter.begin(event);
    if (this.#quiet) return;
    if (this.#live !== undefined) this.#live.show((width) => meter.lines(width));
    else if (event.kind === 'phase') this.#beginInLog(meter);
    else if (this.#log.isDue(event)) this.#say(meter.line());
  }

  /** A line at the start of a phase, and at intervals while it lasts. */
  #beginInLog(meter: ProgressMeter): void {
    this.#say(meter.line());
    clearInterval(this.#clock);
    this.#clock = setInterval(() => {
      if (meter.isInPhase) this.#say(meter.line());
    }, PHASE_TICK_MS).unref();
  }

  /** A stage has started. */
  #work(stage: string): void {
    this.#rest();
    const meter = (this.#meter = new ProgressMeter(stage, undefined, this.#colours));
    const live = this.#live;
    if (live === undefined) return;
    const show = () => live.show((width) => meter.lines(width));
    show();
    this.#clock = setInterval(show, TICK_MS).unref();
  }

  /** No stage is running. */
  #rest(): void {
    clearInterval(this.#clock);
    this.#live?.clear();
    this.#log.restart();
    this.#meter = undefined;
    this.#trains = false;
  }

  #linesOf(event: RunnerEvent): string[] {
    const { bold, dim, green, yellow } = this.#colours;
    switch (event.kind) {
      case 'plan':
        return [`${bold(event.runName)}  ${dim(this.#short(event.runDir))}`, ...(event.dryRun ? planLines(event) : [])];
      case 'stage-started':
        return [`${bold(event.stage)} ${event.resumes ? 'goes on' : 'starts'}: ${event.reason}`];
      case 'stage-skipped':
        return [dim(`${event.stage}: ${event.reason}`)];
      case 'stage-finished':
        return [`${green(event.stage)}: done in ${duration(event.seconds)}`];
      case 'stage-interrupted':
        return [yellow(`${event.stage}: ${stopped(event)}`)];
      case 'set-aside':
        return [`${event.stage}: the previous result was moved to ${this.#short(event.to)} (${event.reason})`];
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
    if (this.#live !== undefined) this.#live.say(line);
    else this.io.stdout.write(`${line}\n`);
  }
}

function hasEnded({ kind }: RunnerEvent): boolean {
  return kind === 'stage-finished' || kind === 'stage-interrupted' || kind === 'stage-skipped' || kind === 'run-ended';
}

/** Events that `--quiet` still shows. */
function isUrgent(event: RunnerEvent): boolean {
  return (event.kind === 'note' && event.level === 'warning') || (event.kind === 'plan' && event.dryRun);
}

function resumeHint(forced: readonly string[]): string {
  const without = forced.map((stage) => `--force ${stage}`).join(' and ');
  return `The same command ${without === '' ? '' : `without ${without} `}resumes from here.`;
}

/** `stopped; kept: the checkpoint of step 12`. */
function stopped({ saved, next }: RunnerEvent & { kind: 'stage-interrupted' }): string {
  return ['stopped', ...(saved === undefined ? [] : [`kept: ${saved}`]), ...(next === undefined ? [] : [next])].join(
    '; ',
  );
}

/** Every stage with its planned action. */
function planLines({ stages }: RunnerEvent & { kind: 'plan' }): string[] {
  const words = {
    skip: 'skip',
    leave: 'leave',
    fresh: 'run',
    resume: 'go on',
    restore: 'put back',
    replace: 'run again',
  } as const;
  const width = Math.max(...stages.map(({ stage }) => stage.length));
  return stages.map(({ stage, action, reason }) => `  ${stage.padEnd(width)}  ${words[action].padEnd(9)}  ${reason}`);
}
