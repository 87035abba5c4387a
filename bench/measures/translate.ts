import { contestants } from '../contestants.js';
import { race, type Result } from '../race.js';
import { row } from '../report.js';
import { pairs, type Measure } from './options.js';

export const translate: Measure = {
  summary: 'A translation: one batch through a generator, the result read back.',
  cases: ['unet@256', 'resnet9@256'],
  precisions: ['float32', 'bfloat16'],
  rounds: 15,
  warmup: 3,
  async run(options) {
    const results: Result[] = [];
    for (const [benchCase, precision] of pairs(options)) {
      const entries = contestants(benchCase, precision, 'translate', options);
      // The unit is an image, whatever the batch size.
      const perImage = entries.map((entry) => ({ ...entry, units: benchCase.batch }));
      results.push(...(await race(perImage, options)));
    }
    const rows = results.map((result) => row(result)).map((row) => ({ ...row, perSecond: perSecond(row.seconds) }));
    return { results, rows };
  },
};

const perSecond = (seconds: number | null) => (seconds === null ? null : 1 / seconds);
