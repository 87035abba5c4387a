import type { Findings } from '../../data/store/findings.js';
import type { StoreIndex } from '../../data/store/store-format.js';
import type { Domain } from '../../registry/kinds/dataset.js';
import { visible } from '../../support/visible.js';
import { html } from '../kit/html.js';
import { htmlPage } from '../kit/html-page.js';
import { nameOfData, provenance } from './provenance.js';
import { kindsSection } from './sections/image-kinds.js';
import { ledeOf } from './sections/data-lede.js';
import { samplesSection } from './sections/data-samples.js';
import { sizesSection } from './sections/sizes.js';
import { skippedSection } from './sections/skipped.js';
import { splitsSection } from './sections/splits.js';
import { duplicatesSection } from './sections/duplicates.js';
import type { ShownGroup, ShownSamples } from './shown-data.js';
import { STYLE } from './data-style.js';
import type { DataSurvey } from './data-survey.js';

/** Everything that the page shows. */
export interface DataReport {
  readonly index: StoreIndex;
  readonly findings: Findings;
  readonly survey: DataSurvey;
  readonly samples: Readonly<Record<Domain, ShownSamples>>;
  readonly twice: readonly ShownGroup[];
}

/** Renders the page about the prepared data. */
export function dataPage(report: DataReport): string {
  const { index } = report;
  const name = nameOfData(index.source);
  const title = name === undefined ? 'The data' : `The data: ${visible(name)}`;
  return htmlPage({
    title,
    style: STYLE,
    header: html`${ledeOf(report)} ${provenance(index.source)}`,
    main: html`
      ${samplesSection(report)}
      <div class="tables">${splitsSection(report)}${kindsSection(report)}</div>
      ${sizesSection(report)} ${duplicatesSection(report)} ${skippedSection(report)}
    `,
  });
}
