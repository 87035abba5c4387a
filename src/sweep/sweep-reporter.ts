import { existsSync } from 'node:fs';
import type { Config } from '../registry/config.js';
import { typeOfEntry } from '../config/reference.js';
import type { Components } from '../registry/kinds.js';
import type { ReportedSweep } from '../registry/kinds/tracker.js';
import { withDeadline } from '../support/deadline.js';
import { sweepFile } from './sweep-files.js';
import { isRanked } from './ranking-order.js';
import type { SweepSummary, TrialState } from './summary/sweep-summary.js';

/** A server that is down must not block the command for long. */
const REPORT_TIMEOUT_MS = 30_000;

export interface SweepReportContext {
  readonly env: NodeJS.ProcessEnv;
  readonly stop: AbortSignal;
  readonly warn: (text: string) => void;
  /** Whether trials are about to start. */
  readonly begins?: boolean;
}

/** Reports the sweep as a whole to trackers. Failures are warnings only. */
export async function reportToTrackers(
  summary: SweepSummary,
  config: Config,
  components: Components,
  { env, stop, warn, begins = false }: SweepReportContext,
): Promise<void> {
  for (const [name, options] of Object.entries(config.tracking)) {
    const { reportSweep } = components.tracker.get(typeOfEntry(name, options));
    if (reportSweep === undefined) continue;
    try {
      await withDeadline(REPORT_TIMEOUT_MS, stop, (signal) =>
        reportSweep(options as never, reportedSweep(summary, config, begins), env, signal),
      );
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      warn(
        `${name} did not receive the sweep summary: ${reason} Send it again: \`runner sweep collect ${summary.name}\`.`,
      );
    }
  }
}

/** The config of a trial, with the sweep's name in the options of trackers that support sweeps. */
export function withSweepName(config: Config, sweep: string, components: Components): Config {
  const tracking = Object.entries(config.tracking).map(([name, options]) => {
    const type = typeOfEntry(name, options);
    const supportsSweeps = components.tracker.has(type) && 'sweep' in components.tracker.get(type).schema.properties;
    return [name, supportsSweeps ? { ...options, sweep: options['sweep'] ?? sweep } : options] as const;
  });
  return { ...config, tracking: Object.fromEntries(tracking) };
}

function reportedSweep(summary: SweepSummary, config: Config, begins: boolean): ReportedSweep {
  const { name, dir, axes, trials, metric, ranking, created } = summary;
  const count = (...states: TrialState[]) => trials.filter(({ state }) => states.includes(state)).length;
  const best = ranking[0]?.value;
  const settled = count('done', 'pruned') === trials.length;
  const failed = count('failed', 'crashed') > 0 && count('queued', 'running', 'stopped') === 0;
  const files = [sweepFile.table(dir), sweepFile.page(dir), sweepFile.markdown(dir)];
  return {
    name,
    config,
    status: begins ? 'running' : settled ? 'finished' : failed ? 'failed' : 'interrupted',
    params: Object.fromEntries(axes.map(({ path, values }) => [path, values.map(String).join(', ')])),
    metrics: {
      'trials/all': trials.length,
      'trials/done': count('done'),
      ...(isRanked(best) && { [`best/${metric.name}`]: best }),
    },
    files: files.filter((file) => existsSync(file)),
    created: Date.parse(created),
  };
}
