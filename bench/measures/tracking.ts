import { ownCommand } from '../contestants.js';
import { findPython } from '../python.js';
import type { TrackingTask } from '../protocol.js';
import { race, type Entry, type Result } from '../race.js';
import { row, type Row } from '../report.js';
import { roughMemory } from '../cases.js';
import { pairs, type Measure } from './options.js';

/** Long enough for many batches of records, with images and histograms twice. */
const [EPOCHS, STEPS_PER_EPOCH] = [2, 30];

export const tracking: Measure = {
  summary:
    'A training step of the whole command with TensorBoard and a real MLflow server on the same cores, next to one without trackers.',
  cases: ['resnet6@64'],
  precisions: ['float32'],
  rounds: 5,
  warmup: 1,
  async run(options) {
    const [results, rows]: [Result[], Row[]] = [[], []];
    for (const [benchCase, precision] of pairs(options)) {
      const python = findPython('mlflow');
      const task = {
        what: 'tracking',
        case: benchCase,
        precision,
        epochs: EPOCHS,
        stepsPerEpoch: STEPS_PER_EPOCH,
      } as const;
      const untracked: TrackingTask = { ...task, mlflow: null };
      const common = {
        what: task.what,
        case: benchCase,
        precision,
        action: 'train',
        units: EPOCHS * STEPS_PER_EPOCH,
        memory: roughMemory(benchCase) + 1e9,
      };
      const entries: Entry[] = [
        {
          ...common,
          who: 'ours',
          command:
            'missing' in python
              ? python
              : ownCommand('tracking', { ...untracked, mlflow: python.file } as TrackingTask),
        },
        { ...common, who: 'untracked', command: ownCommand('tracking', untracked) },
      ];
      const raced = await race(entries, options);
      results.push(...raced);
      rows.push(...raced.map((result) => row(result)));
    }
    return { results, rows };
  },
};
