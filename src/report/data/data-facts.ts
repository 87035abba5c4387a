import type { Findings } from '../../data/store/findings.js';
import type { StoreIndex } from '../../data/store/store-format.js';
import type { Domain } from '../../registry/kinds/dataset.js';
import type { DataSurvey } from './data-survey.js';
import type { ShownGroup, ShownSamples } from './shown-data.js';

/** Everything that the page shows. */
export interface DataReport {
  readonly index: StoreIndex;
  readonly findings: Findings;
  readonly survey: DataSurvey;
  readonly samples: Readonly<Record<Domain, ShownSamples>>;
  readonly twice: readonly ShownGroup[];
}
