import type { RunStatus, StageProgress, StageStatus } from '../../pipeline/run-status.js';
import { clock } from '../../support/clock.js';
import { printable } from '../../support/visible.js';
import { amount, speed } from '../console/amounts.js';
import { duration } from '../console/console-format.js';
import { metricLines } from '../metric-lines.js';
import type { Paint } from '../paint.js';

/** A process without reports for this long may hang, or its machine may be down. */
const SILENCE_SECONDS = 120;

/**
 * A run as text: one line per stage, the reason of a failure, and metrics.
 *
 * @param own what distinguishes it from other runs of its name
 */
export function runText(
  { name, runningBy, problem, stages }: RunStatus,
  own: string,
  colours: Paint,
  now = Date.now(),
): string {
  const label = own === '' ? '' : `  ${printable(own)}`;
  const title =
    colours.bold(name) + label + (runningBy === null ? '' : colours.yellow(`  running, process ${runningBy}`));
  const width = Math.max(0, ...stages.map((stage) => stage.name.length));
  const lines = stages.flatMap((stage) => [
    `  ${stage.name.padEnd(width)}  ${stageText(stage, colours, now)}`.trimEnd(),
    ...[...reasonLines(stage, colours), ...metricLines(stage.metrics)].map((line) => `  ${' '.repeat(width)}  ${line}`),
  ]);
  const wrong = problem === null ? [] : [`  ${colours.yellow(problem)}`];
  return `${[title, ...wrong, ...lines].join('\n')}\n`;
}

function stageText(stage: StageStatus, colours: Paint, now: number): string {
  const { state, finished, seconds, progress } = stage;
  const { green, red, yellow, dim } = colours;
  const colour = { done: green, running: yellow, unfinished: yellow, failed: red, damaged: red, none: dim }[state];
  const word = colour((state === 'none' ? '-' : state).padEnd(10));
  const working = state === 'running';
  const when = finished === null || working ? '' : dim(`${finished.replace('T', ' ').slice(0, 16)} UTC`);
  const took = seconds === null || working ? '' : dim(duration(seconds));
  const where = progress === null ? [] : progressTexts(progress, working ? now : undefined);
  return [word, when, took, ...where].filter((part) => part !== '').join('  ');
}

/** `epoch 3/40  1200/42680 steps  4.1 steps/s  ETA 2 h 48 min`, `building the graph  0:13`. @param now while it is running */
function progressTexts(progress: StageProgress, now: number | undefined): string[] {
  const { phase, phaseSeconds, unit, done, total, rate, etaSeconds, updated } = progress;
  const silent = now === undefined ? 0 : (now - Date.parse(updated)) / 1000;
  return [
    phase ?? '',
    phaseSeconds === null ? '' : clock(phaseSeconds),
    unit === null ? '' : amount({ unit, done: done ?? 0, total: total ?? 0 }),
    unit === null || rate === null || now === undefined ? '' : speed(unit, rate),
    etaSeconds === null ? '' : `ETA ${duration(etaSeconds)}`,
    silent > SILENCE_SECONDS && phaseSeconds === null ? `no news for ${duration(silent)}` : '',
  ].filter((part) => part !== '');
}

function reasonLines({ state, reason }: StageStatus, { red, dim }: Paint): string[] {
  if (reason === null) return [];
  return [(state === 'unfinished' ? dim : red)(printable(reason))];
}
