import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageComponent, SummaryLine } from '../registry/kinds/stage.js';
import { writeFileAtomic } from '../support/files.js';
import type { Listener } from './runner-events.js';

/** The part of a stage that its report needs. */
interface Reported {
  readonly component: Pick<StageComponent, 'report'>;
  readonly name: string;
  readonly dir: string;
}

/** Holds the version of the drawn report. */
const MARK = 'report/version';

/**
 * Draws the report of a finished result, unless this version of it exists. The report is not part of the sealed result: it can be drawn
 * again, and a failure does not affect the result.
 */
export async function drawReport({ component, name, dir }: Reported, emit: Listener): Promise<void> {
  const { report } = component;
  if (report === undefined) return;
  const drawn = await drawnVersion(dir);
  if (drawn === report.version) return;
  try {
    await report.draw(dir);
    await writeFileAtomic(join(dir, MARK), `${report.version}\n`);
  } catch (error) {
    // A report of another version still shows the result, which may be another user's and read-only.
    if (drawn !== undefined) return;
    const why = error instanceof Error ? error.message : String(error);
    emit({ kind: 'note', level: 'warning', text: `The report of stage "${name}" could not be drawn: ${why}` });
  }
}

/** The summary of the stage, with the lines of its report if it was drawn. */
export function summaryWithReport({ component, dir }: Reported, summary: readonly SummaryLine[]): SummaryLine[] {
  const lines = existsSync(join(dir, MARK)) ? (component.report?.lines ?? []) : [];
  const replaced = new Set(lines.map(({ label }) => label));
  return [...summary.filter(({ label }) => !replaced.has(label)), ...lines];
}

async function drawnVersion(dir: string): Promise<number | undefined> {
  return readFile(join(dir, MARK), 'utf8').then(Number, () => undefined);
}
