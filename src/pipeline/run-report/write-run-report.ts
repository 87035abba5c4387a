import type { Components } from '../../registry/kinds.js';
import { writeFileAtomic } from '../../support/files.js';
import { writeModelCards } from '../model-card/write-model-cards.js';
import { runFile } from '../paths.js';
import { gatherReport, imageSizeIn, type Ending } from './gather-report.js';

export interface WriteRunReport {
  readonly runDir: string;
  readonly components: Components;
  /** By default `report.html` in the run's folder. */
  readonly file?: string;
  readonly ending?: Ending;
}

/** Writes the report about a run as one HTML file, and the model cards of its exports. @returns the file and its size in bytes @throws when the file cannot be written */
export async function writeRunReport({
  runDir,
  components,
  file = runFile.report(runDir),
  ending,
}: WriteRunReport): Promise<{ readonly file: string; readonly bytes: number }> {
  const report = await gatherReport(runDir, components, ending);
  // Only now: it loads the decoder of images, which no other command that reads runs needs.
  const { makeRunPage } = await import('../../report/run/make-run-page.js');
  const page = await makeRunPage(report, imageSizeIn(report));
  await writeFileAtomic(file, page);
  await writeModelCards(runDir, report);
  return { file, bytes: Buffer.byteLength(page) };
}
