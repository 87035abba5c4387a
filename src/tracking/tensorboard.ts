import type { TrackerComponent } from '../registry/kinds/tracker.js';

/** Curves, pictures and texts for TensorBoard, in the run's folder `tensorboard/`. */
export const tensorboard: TrackerComponent = {
  summary: 'TensorBoard event files in the run’s folder: curves, pictures, histograms, texts and hyperparameters.',
  details: 'Look at them with `runner ui`, or `tensorboard --logdir runs`.',
  schema: { properties: {} },
  create: () => ({ take: () => Promise.resolve(undefined) }),
};
