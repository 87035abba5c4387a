import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Config } from '../../../src/registry/config.js';
import { writeFrozen, type FrozenSweep, type FrozenTrial } from '../../../src/sweep/frozen.js';
import { collect } from '../../../src/sweep/summary/collect-sweep.js';
import type { SweepSummary, TrialSummary } from '../../../src/sweep/summary/sweep-summary.js';
import { NO_RECORD, writeTrial, type TrialRecord } from '../../../src/sweep/trial/trial-record.js';
import { config } from '../../rig.js';
import { folder } from '../page/rig.js';

/** A trial and its record on disk, if it has started. */
export interface Recorded extends Partial<FrozenTrial> {
  readonly record?: Partial<TrialRecord>;
}

export interface RecordedSweep {
  readonly sweep: FrozenSweep;
  /** The folder of its runs. */
  readonly runsRoot: string;
  /** The sweep's folder. */
  readonly dir: string;
  /** The current summary from disk. */
  readonly collect: () => Promise<SweepSummary>;
}

/** A sweep on disk, of trials with `lambda` from 1 on, ranked by the lowest `score`. */
export async function recordedSweep(
  t: TestContext,
  made: readonly Recorded[],
  changes: Partial<FrozenSweep> = {},
  trialConfig: Config = config(),
): Promise<RecordedSweep> {
  const runsRoot = await folder(t);
  const dir = join(runsRoot, 'sweeps', 'toy');
  const trials = made.map((one, index) => frozenTrial(index + 1, one));
  const sweep: FrozenSweep = {
    name: 'toy',
    created: '2026-01-02T03:04:05.000Z',
    command: ['runner', 'sweep', 'toy.yaml'],
    metric: { name: 'score', better: 'lower' },
    halving: null,
    axes: [{ path: 'loss.lambda', label: 'lambda' }],
    trials,
    launcher: config().launcher,
    from: null,
    ...changes,
  };
  await writeFrozen(
    dir,
    sweep,
    trials.map(() => trialConfig),
  );
  for (const [index, { record }] of made.entries()) {
    if (record !== undefined) await writeTrial(dir, trials[index]!.id, { ...NO_RECORD, status: 'done', ...record });
  }
  return { sweep, runsRoot, dir, collect: () => collect(dir, sweep, runsRoot) };
}

function frozenTrial(number: number, made: Recorded): FrozenTrial {
  const { id = number, label = `lambda=${id}`, params = { 'loss.lambda': id }, run = `toy-${id}` } = made;
  return { id, label, params, run };
}

/** Numbers of the trials, the best first. */
export const order = ({ ranking }: SweepSummary): number[] => ranking.map(({ id }) => id);

/** One property of each trial, in order. */
export function each<K extends keyof TrialSummary>({ trials }: SweepSummary, what: K): TrialSummary[K][] {
  return trials.map((trial) => trial[what]);
}
