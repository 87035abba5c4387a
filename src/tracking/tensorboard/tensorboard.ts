import { join } from 'node:path';
import type { Tracker, TrackerComponent, TrackerSite } from '../../registry/kinds/tracker.js';

/** Curves, pictures and texts for TensorBoard, in the run's folder `tensorboard/`. */
export const tensorboard: TrackerComponent = {
  summary: 'TensorBoard event files in the run’s folder: curves, pictures, histograms, texts and hyperparameters.',
  details:
    'Look at them with `runner ui`, or `tensorboard --logdir runs`: Time Series has everything, Custom Scalars the losses side by side, HParams ' +
    'a table of the runs. The files are made from the run’s journal: remove `tensorboard/` and `tracking/tensorboard.json` in the run’s folder, ' +
    'and the next `runner run` or `runner sync` writes them again.',
  schema: { properties: {} },
  create: (_options, site) => lazily(site),
};

/** What encodes the messages is loaded when there is something to write: every command of the runner knows this file. */
function lazily(site: TrackerSite): Tracker {
  let loaded: Promise<Tracker> | undefined;
  const tracker = () =>
    (loaded ??= import('./writer.js').then(({ Writer }) => new Writer(site, join(site.runDir, 'tensorboard'))));
  return {
    take: async (records, signal) => (await tracker()).take(records, signal),
    close: async () => (await loaded)?.close?.(),
  };
}
