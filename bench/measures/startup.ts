import { contestants } from '../contestants.js';
import { raceStarts } from '../race.js';
import { row, type Row } from '../report.js';
import { median } from '../statistics.js';
import { pairs, type Measure, type Measured } from './options.js';

export const startup: Measure = {
  summary:
    'From the start of the process to the start of the first training step: imports, networks, tracing, first weights.',
  cases: ['unet@256', 'resnet9@256'],
  precisions: ['float32'],
  rounds: 5,
  warmup: 1,
  async run(options) {
    const [results, rows]: [Measured['results'][number][], Row[]] = [[], []];
    for (const [wanted, precision] of pairs(options)) {
      const entries = contestants(wanted, precision, 'step', options.peers);
      const starting = entries.map((entry) => ({ ...entry, what: 'startup' }));
      for (const result of await raceStarts(starting, options)) {
        const { firstSeconds } = result;
        results.push(result);
        // What a graph is optimised at, and kernels are made ready for, is part of the first step.
        rows.push(row(result, { firstStepSeconds: firstSeconds.length === 0 ? null : median(firstSeconds) }));
      }
    }
    return { results, rows };
  },
};
