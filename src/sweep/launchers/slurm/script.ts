import type { LauncherSite } from '../../../registry/kinds/launcher.js';
import { quoted } from '../../../support/shell.js';
import type { SlurmOptions } from './slurm-options.js';

/** The last array index that Slurm allows by default (MaxArraySize 1001). */
export const ARRAY_SIZE = 1000;

/** Trials of one job array: a trial's index is its number minus `base`. */
export interface TrialArray {
  readonly base: number;
  readonly trials: readonly number[];
}

/** The trials that fit in one array. The others wait, because the throttle limits each array separately. */
export function firstArray(trials: readonly number[]): TrialArray {
  const baseOf = (trial: number) => Math.floor((trial - 1) / ARRAY_SIZE) * ARRAY_SIZE;
  const base = Math.min(...trials.map(baseOf));
  return { base, trials: trials.filter((trial) => baseOf(trial) === base).sort((a, b) => a - b) };
}

/** The options of `sbatch`. */
export function sbatchArgs({ base, trials }: TrialArray, options: SlurmOptions, site: LauncherSite): string[] {
  const throttle = site.jobs === null ? '' : `%${site.jobs}`;
  const given = ['partition', 'account', 'qos', 'time', 'cpus_per_task', 'mem', 'gres', 'constraint'] as const;
  return [
    '--parsable',
    `--job-name=${site.sweep}`,
    `--array=${ranges(trials.map((trial) => trial - base))}${throttle}`,
    `--chdir=${site.cwd}`,
    '--requeue',
    '--open-mode=append',
    // The index is the trial's number only in the first array; scripts of other arrays redirect to the log themselves.
    `--output=${base === 0 ? site.logOf('%a') : '/dev/null'}`,
    `--signal=B:USR1@${options.save_before}`,
    ...given.flatMap((key) => (options[key] === null ? [] : [`--${key.replaceAll('_', '-')}=${options[key]}`])),
    ...options.extra,
  ];
}

/** `1-3,7`: Slurm limits the length of the text. */
export function ranges(indices: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const index of indices) {
    const last = parts.at(-1);
    if (last !== undefined && last[1] === index - 1) last[1] = index;
    else parts.push([index, index]);
  }
  return parts.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

/** The script of a job, with the trial in the background so that bash can handle the signal before the time limit. */
export function jobScript(
  { base }: TrialArray,
  command: readonly string[],
  { preamble }: SlurmOptions,
  site: LauncherSite,
): string {
  const log = site.logOf('@').split('@').map(quoted).join('"$trial"');
  return [
    '#!/bin/bash',
    `trial=$((SLURM_ARRAY_TASK_ID + ${base}))`,
    ...(base === 0 ? [] : [`mkdir -p "$(dirname ${log})"`, `exec >>${log} 2>&1`]),
    ...preamble,
    'again=no child=',
    '# Slurm signals every process of a job: the trial gets the signal itself, and this shell waits for it.',
    "trap 'interrupted=yes' TERM",
    '# The time is nearly up: the trial saves, then the job goes back into the queue.',
    'trap \'interrupted=yes; again=yes; [ -z "$child" ] || kill -TERM "$child"\' USR1',
    `${command.map(quoted).join(' ')} "$trial" &`,
    'child=$!',
    'if [ "$again" = yes ]; then kill -TERM "$child"; fi',
    '# A signal ends `wait`, not the trial.',
    'interrupted=yes',
    'while [ "$interrupted" = yes ]; do interrupted=no; wait "$child" && code=0 || code=$?; done',
    'if [ "$again" = yes ] && [ "$code" = 130 ]; then scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"; fi',
    'exit "$code"',
    '',
  ].join('\n');
}
