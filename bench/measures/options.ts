import type { Case } from '../cases.js';
import type { Peer } from '../contestants.js';
import type { Precision, Xla } from '../protocol.js';
import type { Result } from '../race.js';
import type { Row } from '../report.js';

/** The options of a measure. */
export interface Options {
  readonly cases: readonly Case[];
  readonly precisions: readonly Precision[];
  readonly peers: readonly Peer[];
  readonly xla: Xla;
  readonly against?: string | undefined;
  readonly rounds: number;
  readonly warmup: number;
  readonly log: (text: string) => void;
}

export interface Measured {
  readonly rows: readonly Row[];
  readonly results: readonly Result[];
}

/** Something that the benchmark can measure. */
export interface Measure {
  readonly summary: string;
  /** Measured unless --only and --precision name others. */
  readonly cases: readonly string[];
  readonly precisions: readonly Precision[];
  readonly rounds: number;
  readonly warmup: number;
  run(options: Options): Promise<Measured>;
}

/** All pairs of a case and a precision. Each pair is one race, to keep few contestants in memory at the same time. */
export function* pairs({ cases, precisions }: Options): Generator<readonly [Case, Precision]> {
  for (const benchCase of cases) for (const precision of precisions) yield [benchCase, precision];
}
