import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageContext } from '../../registry/kinds/stage.js';
import { errorCode } from '../../support/files.js';
import { DATA_REPORT } from './data-report-files.js';

/** Shows trackers the data that a run begins with: `data/A`, `data/B` and, as a table, `data`. Nothing where the store has no report. */
export async function emitDataReport(store: string, context: Pick<StageContext, 'emit'>): Promise<void> {
  const markdown = await ifThere(() => readFile(join(store, DATA_REPORT.markdown), 'utf8'));
  if (markdown === undefined) return;
  context.emit({
    kind: 'text',
    name: 'data',
    step: 0,
    text: `${markdown}- page: \`${join(store, DATA_REPORT.page)}\`\n`,
  });
  for (const domain of ['A', 'B'] as const) {
    const file = join(store, DATA_REPORT.grids[domain]);
    const there = await ifThere(() => access(file).then(() => true));
    if (there) context.emit({ kind: 'image', name: `data/${domain}`, step: 0, file });
  }
}

/** What cannot be read is not shown: a missing report is no reason not to train. */
async function ifThere<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}
