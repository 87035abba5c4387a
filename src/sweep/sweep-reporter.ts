import { existsSync } from 'node:fs';
import type { Config } from '../registry/config.js';
import { typeOfEntry } from '../config/reference.js';
import type { Components } from '../registry/kinds.js';
import type { ReportedSweep } from '../registry/kinds/tracker.js';
import { withDeadline } from '../support/deadline.js';
import { sweepFile } from './sweep-files.js';
import { isRanked } from './ranking-order.js';
import type { SweepSummary, TrialState } from './summary/sweep-summary.js';

/** A server that is down must not keep a terminal for long. */
const PATIENCE_MS = 30_000;

export interface SweepReporter {
  readonly env: NodeJS.ProcessEnv;
  readonly stop: AbortSignal;
  readonly warn: (text: string) => void;
  /** Whether trials are about to start. */
  readonly begins?: boolean;
}

/** Tells trackers of a sweep as a whole. Whatever goes wrong there is told, and changes nothing. */
export async function tellTrackers(
  summary: SweepSummary,
  config: Config,
  components: Components,
  { env, stop, warn, begins = false }: SweepReporter,
): Promise<void> {
  for (const [name, options] of Object.entries(config.tracking)) {
    const { reportSweep } = components.tracker.get(typeOfEntry(name, options));
    if (reportSweep === undefined) continue;
    try {
      await withDeadline(PATIENCE_MS, stop, (signal) =>
        reportSweep(options as never, told(summary, config, begins), env, signal),
      );
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      warn(
        `${name} was not told of the sweep as a whole: ${why} \`runner sweep collect ${summary.name}\` tells it again.`,
      );
    }
  }
}

/** The config as a trial has it: a tracker that knows sweeps is told which it belongs to. */
export function ofSweep(config: Config, sweep: string, components: Components): Config {
  const tracking = Object.entries(config.tracking).map(([name, options]) => {
    const type = typeOfEntry(name, options);
    const knows = components.tracker.has(type) && 'sweep' in components.tracker.get(type).schema.properties;
    return [name, knows ? { ...options, sweep: options['sweep'] ?? sweep } : options] as const;
  });
  return { ...config, tracking: Object.fromEntries(tracking) };
}

function told(summary: SweepSummary, config: Config, begins: boolean): ReportedSweep {
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
