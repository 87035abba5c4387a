import { join } from 'node:path';
import type { ReportCurve, SampleSeries } from '../report/run/run-report.js';
import type { RunRecord } from '../registry/kinds/record.js';
import { isInside } from '../support/inside.js';
import { parsedRecord } from './journal.js';
import { linesOf } from './lines.js';
import { runFile } from './paths.js';

/** What reports and comparisons show of a journal. */
export interface JournalContent {
  readonly curves: readonly ReportCurve[];
  readonly samples: readonly SampleSeries[];
  readonly warnings: readonly string[];
}

/** More warnings are not read. */
const MAX_WARNINGS = 50;

interface Recorded {
  readonly name: string;
  readonly steps: number[];
  readonly values: number[];
}

interface Series {
  readonly name: string;
  readonly frames: { step: number; file: string }[];
}

/**
 * Reads the curves and samples of a run, one line of its journal at a time. A stage that starts over replaces what it recorded before; of two
 * stages with a curve of the same name, such as two trainings, the later one's is returned.
 *
 * @param isWanted the curves to read, by their names; by default all
 */
export function readJournalContent(runDir: string, isWanted: (name: string) => boolean = () => true): JournalContent {
  const curves = new ByStage<Recorded>();
  const samples = new ByStage<Series>();
  const warnings = new Set<string>();
  for (const record of shownRecords(runFile.journal(runDir))) {
    switch (record.kind) {
      case 'metric': {
        if (!isWanted(record.name)) break;
        const curve = curves.of(record, ({ name }) => ({ name, steps: [], values: [] }));
        curve.steps.push(record.step);
        curve.values.push(record.value);
        break;
      }
      case 'image': {
        if (!record.name.startsWith('samples/') || !isInside(record.value)) break;
        const series = samples.of(record, ({ name }) => ({ name, frames: [] }));
        series.frames.push({ step: record.step, file: join(runDir, record.value) });
        break;
      }
      case 'note':
        if (record.name === 'warning' && warnings.size < MAX_WARNINGS) warnings.add(`${record.stage}: ${record.value}`);
        break;
      case 'stage-started':
        if (record.value.resumes) break;
        curves.forget(record.stage);
        samples.forget(record.stage);
    }
  }
  return { curves: curves.last(), samples: samples.last(), warnings: [...warnings] };
}

/** What each stage records under a name. */
class ByStage<T extends { readonly name: string }> {
  readonly #stages = new Map<string, Map<string, T>>();

  of(record: Pick<RunRecord, 'stage' | 'name'>, begin: (record: Pick<RunRecord, 'name'>) => T): T {
    const own = this.#stages.get(record.stage) ?? new Map<string, T>();
    this.#stages.set(record.stage, own);
    const known = own.get(record.name) ?? begin(record);
    own.set(record.name, known);
    return known;
  }

  forget(stage: string): void {
    this.#stages.delete(stage);
  }

  /** Of each name, what the stage has recorded that began last. */
  last(): T[] {
    return [...new Map([...this.#stages.values()].flatMap((own) => [...own])).values()];
  }
}

/** Parsing the other lines, such as histograms, would take time. */
const SHOWN = /^\{"kind":"(metric|image|note|stage-started)"/;

function* shownRecords(journal: string): Generator<RunRecord> {
  for (const line of linesOf(journal)) {
    const record = SHOWN.test(line) ? parsedRecord(line) : undefined;
    if (record !== undefined) yield record;
  }
}
