import { SMALL_CASES, STEP_CASES } from '../cases.js';
import { contestants } from '../contestants.js';
import { race, type Result } from '../race.js';
import { row } from '../report.js';
import { pairs, type Measure } from './options.js';

type Steps = Pick<Measure, 'summary' | 'cases' | 'rounds' | 'warmup'>;

export const step = steps({
  summary: 'A training step: one update of all four networks, losses read back as numbers.',
  cases: STEP_CASES,
  rounds: 7,
  warmup: 2,
});

/** Here time goes by the number of operations more than by what they compute. */
export const small = steps({
  summary: 'A training step of small networks: those of configs/quickstart.yaml.',
  cases: SMALL_CASES,
  rounds: 30,
  warmup: 5,
});

function steps(defaults: Steps): Measure {
  return {
    ...defaults,
    precisions: ['float32', 'bfloat16'],
    async run(options) {
      const results: Result[] = [];
      for (const [benchCase, precision] of pairs(options)) {
        const entries = contestants(benchCase, precision, 'step', options);
        results.push(...(await race(entries, { ...options, countsLaunches: true })));
      }
      return { results, rows: results.map((result) => row(result)) };
    },
  };
}
