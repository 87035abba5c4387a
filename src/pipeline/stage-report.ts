import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageComponent, SummaryLine } from '../registry/kinds/stage.js';
import { writeFileAtomic } from '../support/files.js';
import type { Listener } from './runner-events.js';

/** A stage's result as far as its report needs it. */
interface Reported {
  readonly component: Pick<StageComponent, 'report'>;
  readonly name: string;
  readonly dir: string;
}

/** Holds the version of the report that lies beside it. */
const MARK = 'report/version';

/**
 * Draws the report of a finished result, unless this version of it is there. The result is sealed before and does not hold it: so
 * it can be drawn again, and one that fails costs no result.
 */
export async function drawReport({ component, name, dir }: Reported, emit: Listener): Promise<void> {
  const { report } = component;
  const drawn = await drawnVersion(dir);
  if (report === undefined || drawn === report.version) return;
  try {
    await report.draw(dir);
    await writeFileAtomic(join(dir, MARK), `${report.version}\n`);
  } catch (error) {
    // One of another version still shows the result, which may be another user's and not ours to write to.
    if (drawn !== undefined) return;
    const why = error instanceof Error ? error.message : String(error);
    emit({ kind: 'note', level: 'warning', text: `The report of stage "${name}" could not be drawn: ${why}` });
  }
}

/** What the stage said of its result, and its report if there is one. */
export function summaryWithReport({ component, dir }: Reported, summary: readonly SummaryLine[]): SummaryLine[] {
  const lines = existsSync(join(dir, MARK)) ? (component.report?.lines ?? []) : [];
  const replaced = new Set(lines.map(({ label }) => label));
  return [...summary.filter(({ label }) => !replaced.has(label)), ...lines];
}

async function drawnVersion(dir: string): Promise<number | undefined> {
  return readFile(join(dir, MARK), 'utf8').then(Number, () => undefined);
}
