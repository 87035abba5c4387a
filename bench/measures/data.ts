import { epochImages, roughMemory, type Case } from '../cases.js';
import { contestants, ours } from '../contestants.js';
import type { Precision } from '../protocol.js';
import { race, type Entry, type Result } from '../race.js';
import { row, type Row } from '../report.js';
import { pairs, type Measure } from './options.js';

export const data: Measure = {
  summary:
    'The data pipeline alone, an epoch a round, beside the training step that it feeds: seconds a batch and a step.',
  cases: ['unet@256'],
  precisions: ['float32', 'bfloat16'],
  rounds: 5,
  warmup: 1,
  async run(options) {
    const [results, rows]: [Result[], Row[]] = [[], []];
    for (const [wanted, precision] of pairs(options)) {
      const steps = contestants(wanted, precision, 'step', []);
      const raced = await race([pipeline(wanted, precision), ...steps], options);
      results.push(...raced);
      const [batch, step] = raced.map((result) => row(result)) as [Row, Row];
      const many = batch.seconds === null || step.seconds === null ? null : step.seconds / batch.seconds;
      rows.push({ ...batch, perSecond: batch.seconds === null ? null : 1 / batch.seconds, timesStepRate: many }, step);
    }
    return { results, rows };
  },
};

function pipeline(wanted: Case, precision: Precision): Entry {
  return {
    who: 'ours',
    what: 'data',
    case: wanted,
    precision,
    command: ours('data', { what: 'data', case: wanted, precision }),
    word: 'epoch',
    units: epochImages(wanted.batch) / wanted.batch,
    memory: roughMemory(wanted) / 10,
  };
}
