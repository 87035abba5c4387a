import { curve } from './curve.js';
import { data } from './data.js';
import { files } from './files.js';
import type { Measure } from './options.js';
import { startup } from './startup.js';
import { small, step } from './step.js';
import { tracking } from './tracking.js';
import { translate } from './translate.js';

/** All measures, by their name on the command line. */
export const measures: Readonly<Record<string, Measure>> = {
  step,
  small,
  data,
  startup,
  translate,
  files,
  curve,
  tracking,
};
