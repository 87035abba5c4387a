import { contestants } from '../contestants.js';
import { raceStarts } from '../race.js';
import { row, type Row } from '../report.js';
import { median } from '../statistics.js';
import { pairs, type Measure, type Measured } from './options.js';

export const startup: Measure = {
  summary:
    'From the start of the process to the start of the first training step: imports, networks, tracing, initial weights.',
  cases: ['unet@256', 'resnet9@256'],
  precisions: ['float32'],
  rounds: 5,
  warmup: 1,
  async run(options) {
    const [results, rows]: [Measured['results'][number][], Row[]] = [[], []];
    for (const [benchCase, precision] of pairs(options)) {
      const entries = contestants(benchCase, precision, 'step', options);
      const starting = entries.map((entry) => ({ ...entry, what: 'startup' }));
      for (const result of await raceStarts(starting, options)) {
        const { firstSeconds } = result;
        results.push(result);
        // The first step includes the optimisation of the graph and the preparation of kernels.
        rows.push(row(result, { firstStepSeconds: firstSeconds.length === 0 ? null : median(firstSeconds) }));
      }
    }
    return { results, rows };
  },
};
