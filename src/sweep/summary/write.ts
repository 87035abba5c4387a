import { writeFileAtomic } from '../../support/files.js';
import { sweepFile } from '../sweep-files.js';
import { sweepPage } from '../page/sweep-page.js';
import { csv } from './csv.js';
import { markdown } from './markdown.js';
import type { SweepSummary } from './sweep-summary.js';

/** Writes the table, the Markdown and the page into the sweep's folder. */
export async function writeSummary(summary: SweepSummary): Promise<void> {
  const { dir } = summary;
  await writeFileAtomic(sweepFile.table(dir), csv(summary));
  await writeFileAtomic(sweepFile.markdown(dir), markdown(summary));
  await writeFileAtomic(sweepFile.page(dir), await sweepPage(summary));
}
