import { ours } from '../contestants.js';
import { findPython } from '../python.js';
import type { TrackingTask } from '../protocol.js';
import { race, type Entry, type Result } from '../race.js';
import { row, type Row } from '../report.js';
import { roughMemory } from '../cases.js';
import { pairs, type Measure } from './options.js';

/** Long enough that batches are handed over many times, with images and histograms twice. */
const [EPOCHS, STEPS_PER_EPOCH] = [2, 30];

export const tracking: Measure = {
  summary:
    'A training step of the whole command, told to TensorBoard and a real MLflow server on the same cores, beside one told to nobody.',
  cases: ['resnet6@64'],
  precisions: ['float32'],
  rounds: 5,
  warmup: 1,
  async run(options) {
    const [results, rows]: [Result[], Row[]] = [[], []];
    for (const [wanted, precision] of pairs(options)) {
      const python = findPython('mlflow');
      const task = {
        what: 'tracking',
        case: wanted,
        precision,
        epochs: EPOCHS,
        stepsPerEpoch: STEPS_PER_EPOCH,
      } as const;
      const untold: TrackingTask = { ...task, mlflow: null };
      const common = {
        what: task.what,
        case: wanted,
        precision,
        word: 'train',
        units: EPOCHS * STEPS_PER_EPOCH,
        memory: roughMemory(wanted) + 1e9,
      };
      const entries: Entry[] = [
        {
          ...common,
          who: 'ours',
          command: 'missing' in python ? python : ours('tracking', { ...untold, mlflow: python.file } as TrackingTask),
        },
        { ...common, who: 'untracked', command: ours('tracking', untold) },
      ];
      const raced = await race(entries, options);
      results.push(...raced);
      rows.push(...raced.map((result) => row(result)));
    }
    return { results, rows };
  },
};
