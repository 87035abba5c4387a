import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Tracker, TrackerComponent, TrackerSite } from '../../registry/kinds/tracker.js';

/** Curves, images and texts for TensorBoard, in the run's folder itself: TensorBoard calls a run by the folder that its event files lie in. */
export const tensorboard: TrackerComponent = {
  summary: 'TensorBoard event files in the run’s folder: curves, images, histograms, texts and hyperparameters.',
  details:
    'Look at them with `runner ui`, or `tensorboard --logdir runs`: Time Series has everything, Custom Scalars the losses side by side, HParams ' +
    'a table of the runs. The files are made from the run’s journal: remove `events.out.tfevents.*` and `tracking/tensorboard.json` in the run’s folder, ' +
    'and the next `runner run` or `runner sync` writes them again.',
  schema: { properties: {} },
  create: (_options, site) => lazily(site),
};

/** What encodes the messages is loaded when there is something to write: every command of the runner knows this file. */
function lazily(site: TrackerSite): Tracker {
  let loaded: Promise<Tracker> | undefined;
  const tracker = () => (loaded ??= import('./writer.js').then(({ Writer }) => new Writer(site, folderOf(site))));
  return {
    take: async (records, signal) => (await tracker()).take(records, signal),
    close: async () => (await loaded)?.close?.(),
  };
}

/** A run that an earlier version began has its event files in a folder of their own. */
function folderOf({ runDir }: TrackerSite): string {
  const former = join(runDir, 'tensorboard');
  return existsSync(former) ? former : runDir;
}
