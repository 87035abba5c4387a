import { visible } from '../../support/visible.js';
import { html } from '../kit/html.js';
import { htmlPage } from '../kit/html-page.js';
import type { DataReport } from './data-facts.js';
import { nameOfData, provenance } from './provenance.js';
import { kindsSection } from './sections/image-kinds.js';
import { ledeOf } from './sections/data-lede.js';
import { samplesSection } from './sections/data-samples.js';
import { sizesSection } from './sections/sizes.js';
import { skippedSection } from './sections/skipped.js';
import { splitsSection } from './sections/splits.js';
import { duplicatesSection } from './sections/duplicates.js';
import { STYLE } from './data-style.js';

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
