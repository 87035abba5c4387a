import type { Config } from '../registry/config.js';
import type { Place } from '../support/problem.js';

/** A loaded config and its source, as far as the pipeline needs it. `loadConfig` returns one. */
export interface Experiment {
  readonly config: Config;
  /** Where a config path is written, for messages. */
  readonly placeOf?: (path: readonly string[]) => Place | undefined;
}
