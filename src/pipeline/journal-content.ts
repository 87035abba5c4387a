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
  readonly stage: string;
  readonly steps: number[];
  readonly values: number[];
}

/** Reads the curves and samples of a run, one line of its journal at a time. A stage that starts over replaces what it recorded before. */
export function readJournalContent(runDir: string): JournalContent {
  const curves = new Map<string, Recorded>();
  const samples = new Map<string, { stage: string; frames: { step: number; file: string }[] }>();
  const warnings = new Set<string>();
  for (const record of shownRecords(runFile.journal(runDir))) {
    switch (record.kind) {
      case 'metric': {
        const curve = curves.get(record.name) ?? { stage: record.stage, steps: [], values: [] };
        curves.set(record.name, curve);
        curve.steps.push(record.step);
        curve.values.push(record.value);
        break;
      }
      case 'image': {
        if (!record.name.startsWith('samples/') || !isInside(record.value)) break;
        const series = samples.get(record.name) ?? { stage: record.stage, frames: [] };
        samples.set(record.name, series);
        series.frames.push({ step: record.step, file: join(runDir, record.value) });
        break;
      }
      case 'note':
        if (record.name === 'warning' && warnings.size < MAX_WARNINGS) warnings.add(`${record.stage}: ${record.value}`);
        break;
      case 'stage-started':
        if (record.value.resumes) break;
        for (const kept of [curves, samples]) {
          for (const [name, { stage }] of kept) if (stage === record.stage) kept.delete(name);
        }
    }
  }
  return {
    curves: [...curves].map(([name, { steps, values }]) => ({ name, steps, values })),
    samples: [...samples].map(([name, { frames }]) => ({ name, frames })),
    warnings: [...warnings],
  };
}

/** Parsing the other lines, such as histograms, would take time. */
const SHOWN = /^\{"kind":"(metric|image|note|stage-started)"/;

function* shownRecords(journal: string): Generator<RunRecord> {
  for (const line of linesOf(journal)) {
    const record = SHOWN.test(line) ? parsedRecord(line) : undefined;
    if (record !== undefined) yield record;
  }
}
