import { resolve } from 'node:path';
import { type Outcome, valid } from '../../support/outcome.js';
import { findSweep } from '../../sweep/find-sweep.js';
import type { OpenSweep } from '../../sweep/freeze.js';
import { metricOf } from '../../sweep/rank-metric.js';
import type { Io } from '../io.js';
import { componentsOf } from './sweep-components.js';

/** Finds a sweep, with its own ranking metric or another one. */
export async function findSorted(
  name: string | undefined,
  { runs, metric }: { readonly runs: string; readonly metric?: string },
  io: Io,
): Promise<Outcome<OpenSweep>> {
  const found = await findSweep(name, resolve(io.cwd, runs), io.cwd);
  if (!found.ok || metric === undefined) return found;
  const { sweep } = found.value;
  const { config, components } = await componentsOf(found.value, io);
  if (config === undefined) return found;
  const varied = sweep.axes.map(({ path }) => path);
  const sorted = metricOf({ configs: [config], varied, components }, { metric, better: null });
  return sorted.ok ? valid({ ...found.value, sweep: { ...sweep, metric: sorted.value } }) : sorted;
}
