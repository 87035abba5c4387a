import { join } from 'node:path';
import { readFindings } from '../../data/store/findings.js';
import { readImages } from '../../data/store/image-records.js';
import { readIndex } from '../../data/store/read-index.js';
import { openStore, type PreparedStore } from '../../data/store/prepared-store.js';
import { SPLITS, type Domain, type Split } from '../../registry/kinds/dataset.js';
import { writeFileAtomic } from '../../support/files.js';
import { writeGrid } from '../../inference/image-grid.js';
import { DATA_REPORT } from './data-report-files.js';
import { dataPage } from './data-page.js';
import { chooseSpread, gridRows, readSamples, sampleCount } from './crops.js';
import { namedGroups, showGroups, showSamples, type ShownSamples } from './shown-data.js';
import { survey as surveyOf, type DataSurvey } from './data-survey.js';
import { dataMarkdown } from './data-markdown.js';

/**
 * Writes the data report into a store's folder: `report/index.html`, and for trackers `report/A.png`, `report/B.png` and `report/data.md`.
 * Reads `pictures.jsonl` once and a few dozen images.
 */
export async function writeDataReport(dir: string): Promise<void> {
  const [index, findings] = [await readIndex(dir), await readFindings(dir)];
  const chosen = Object.fromEntries(
    SPLITS.map((split) => [split, chooseSpread(split, index.splits[split].count, sampleCount(split, index.load_size))]),
  ) as Record<Split, number[]>;
  const groups = namedGroups(findings);
  const names = groups.flatMap(({ images }) => images);
  const survey = await surveyOf(readImages(dir), index, { indexes: chosen, names });

  const store = await openStore(dir);
  try {
    const [A, B] = await Promise.all([
      drawDomain(dir, store, 'A', chosen, survey),
      drawDomain(dir, store, 'B', chosen, survey),
    ]);
    const twice = await showGroups(groups, store, survey);
    await writeFileAtomic(join(dir, DATA_REPORT.page), dataPage({ index, findings, survey, samples: { A, B }, twice }));
    await writeFileAtomic(join(dir, DATA_REPORT.markdown), dataMarkdown(index, findings));
  } finally {
    await store.close();
  }
}

/** Writes the PNG of a domain. @returns its samples for the page */
async function drawDomain(
  dir: string,
  store: PreparedStore,
  domain: Domain,
  chosen: Readonly<Record<Split, readonly number[]>>,
  survey: DataSurvey,
): Promise<ShownSamples> {
  const samples = await readSamples(store, domain, chosen);
  const rows = gridRows(samples);
  const grid = rows.length > 0 ? writeGrid(join(dir, DATA_REPORT.grids[domain]), rows) : undefined;
  const [shown] = await Promise.all([showSamples(domain, samples, survey), grid]);
  return shown;
}
