import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Tracker, TrackerComponent, TrackerSite } from '../../registry/kinds/tracker.js';

/** Curves, images and texts for TensorBoard, in the run's folder: TensorBoard names a run by the folder of its event files. */
export const tensorboard: TrackerComponent = {
  summary: 'TensorBoard event files in the run’s folder: curves, images, histograms, texts and hyperparameters.',
  details:
    'Show them with `runner ui`, or `tensorboard --logdir runs`: Time Series has everything, Custom Scalars the losses side by side, HParams ' +
    'a table of the runs. The files are made from the run’s journal: remove `events.out.tfevents.*` and `tracking/tensorboard.json` in the run’s folder, ' +
    'and the next `runner run` or `runner sync` writes them again.',
  schema: { properties: {} },
  create: (_options, site) => lazily(site),
};

/** Loads the message encoders at the first write: every command of the runner imports this file. */
function lazily(site: TrackerSite): Tracker {
  let loaded: Promise<Tracker> | undefined;
  const tracker = () =>
    (loaded ??= import('./tensorboard-writer.js').then(
      ({ TensorBoardWriter }) => new TensorBoardWriter(site, folderOf(site)),
    ));
  return {
    take: async (records, signal) => (await tracker()).take(records, signal),
    close: async () => (await loaded)?.close?.(),
  };
}

/** Earlier versions wrote event files into a subfolder. */
function folderOf({ runDir }: TrackerSite): string {
  const former = join(runDir, 'tensorboard');
  return existsSync(former) ? former : runDir;
}
