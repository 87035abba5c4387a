import { contestants } from '../contestants.js';
import { race, type Result } from '../race.js';
import { row } from '../report.js';
import { pairs, type Measure } from './options.js';

export const curve: Measure = {
  summary: 'Our training step over image size, batch size and residual blocks.',
  cases: [
    ...['unet@64', 'unet@128'],
    ...['resnet6@32', 'resnet6@64', 'resnet6@96', 'resnet6@128'],
    ...['resnet6@64b2', 'resnet6@64b4', 'resnet6@64b8'],
    ...['resnet3@64', 'resnet9@64', 'resnet12@64'],
  ],
  precisions: ['float32'],
  rounds: 5,
  warmup: 2,
  async run(options) {
    const results: Result[] = [];
    for (const [benchCase, precision] of pairs(options)) {
      results.push(...(await race(contestants(benchCase, precision, 'step', { ...options, peers: [] }), options)));
    }
    return { results, rows: results.map((result) => row(result, costs(result))) };
  },
};

/** The variables of the curve, and the time of one image pair, which a larger batch should lower. */
function costs({ entry, seconds }: Result): Record<string, unknown> {
  const { generator, batch } = entry.case;
  const best = seconds.length === 0 ? null : Math.min(...seconds) / batch;
  return { what: 'curve', generator: generator.type, blocks: generator['blocks'] ?? null, secondsPerPair: best };
}
