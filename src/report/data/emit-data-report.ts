import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageContext } from '../../registry/kinds/stage.js';
import { errorCode } from '../../support/files.js';
import { DATA_REPORT } from './data-report-files.js';

/** Reports the run's data to trackers: images `data/A` and `data/B`, and a table `data`. Reports nothing if the store has no report. */
export async function emitDataReport(store: string, context: Pick<StageContext, 'emit'>): Promise<void> {
  const markdown = await ifReadable(() => readFile(join(store, DATA_REPORT.markdown), 'utf8'));
  if (markdown === undefined) return;
  context.emit({
    kind: 'text',
    name: 'data',
    step: 0,
    text: `${markdown}- page: \`${join(store, DATA_REPORT.page)}\`\n`,
  });
  for (const domain of ['A', 'B'] as const) {
    const file = join(store, DATA_REPORT.grids[domain]);
    const exists = await ifReadable(() => access(file).then(() => true));
    if (exists) context.emit({ kind: 'image', name: `data/${domain}`, step: 0, file });
  }
}

/** Undefined if the file cannot be read: a missing report must not stop training. */
async function ifReadable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}
