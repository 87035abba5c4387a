import { STEP_CASES } from '../cases.js';
import { contestants } from '../contestants.js';
import { race, type Result } from '../race.js';
import { row } from '../report.js';
import { pairs, type Measure } from './options.js';

export const step: Measure = {
  summary: 'A training step: one update of all four networks, losses read back as numbers.',
  cases: STEP_CASES,
  precisions: ['float32', 'bfloat16'],
  rounds: 7,
  warmup: 2,
  async run(options) {
    const results: Result[] = [];
    for (const [benchCase, precision] of pairs(options)) {
      results.push(...(await race(contestants(benchCase, precision, 'step', options.peers), options)));
    }
    return { results, rows: results.map((result) => row(result)) };
  },
};
