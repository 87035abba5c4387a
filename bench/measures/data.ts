import { epochImages, roughMemory, type Case } from '../cases.js';
import { contestants, ownCommand } from '../contestants.js';
import type { Precision } from '../protocol.js';
import { race, type Entry, type Result } from '../race.js';
import { row, type Row } from '../report.js';
import { pairs, type Measure } from './options.js';

export const data: Measure = {
  summary:
    'The data pipeline alone, one epoch per round, next to the training step that it feeds: seconds per batch and per step.',
  cases: ['unet@256'],
  precisions: ['float32', 'bfloat16'],
  rounds: 5,
  warmup: 1,
  async run(options) {
    const [results, rows]: [Result[], Row[]] = [[], []];
    for (const [benchCase, precision] of pairs(options)) {
      const steps = contestants(benchCase, precision, 'step', { ...options, peers: [] });
      const raced = await race([pipeline(benchCase, precision), ...steps], options);
      results.push(...raced);
      const [batch, step] = raced.map((result) => row(result)) as [Row, Row];
      const ratio = batch.seconds === null || step.seconds === null ? null : step.seconds / batch.seconds;
      rows.push({ ...batch, perSecond: batch.seconds === null ? null : 1 / batch.seconds, timesStepRate: ratio }, step);
    }
    return { results, rows };
  },
};

function pipeline(benchCase: Case, precision: Precision): Entry {
  return {
    who: 'ours',
    what: 'data',
    case: benchCase,
    precision,
    command: ownCommand('data', { what: 'data', case: benchCase, precision }),
    action: 'epoch',
    units: epochImages(benchCase.batch) / benchCase.batch,
    memory: roughMemory(benchCase) / 10,
  };
}
