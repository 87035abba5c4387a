import type { Findings } from '../../data/store/findings.js';
import type { StoreIndex } from '../../data/store/format.js';
import type { Domain } from '../../registry/kinds/dataset.js';
import { visible } from '../../support/visible.js';
import { html } from '../../support/html.js';
import { htmlPage } from '../../support/html-page.js';
import { nameOfData, provenance } from './provenance.js';
import { kindsSection } from './sections/kinds.js';
import { ledeOf } from './sections/lede.js';
import { samplesSection } from './sections/samples.js';
import { sizesSection } from './sections/sizes.js';
import { skippedSection } from './sections/skipped.js';
import { splitsSection } from './sections/splits.js';
import { twiceSection } from './sections/twice.js';
import type { ShownGroup, ShownSamples } from './shown.js';
import { STYLE } from './style.js';
import type { Survey } from './survey.js';

/** Everything that the page tells. */
export interface Look {
  readonly index: StoreIndex;
  readonly findings: Findings;
  readonly survey: Survey;
  readonly samples: Readonly<Record<Domain, ShownSamples>>;
  readonly twice: readonly ShownGroup[];
}

/** What was prepared as one page. */
export function page(look: Look): string {
  const { index } = look;
  const name = nameOfData(index.source);
  const title = name === undefined ? 'The data' : `The data: ${visible(name)}`;
  return htmlPage({
    title,
    style: STYLE,
    header: html`${ledeOf(look)} ${provenance(index.source)}`,
    main: html`
      ${samplesSection(look)}
      <div class="tables">${splitsSection(look)}${kindsSection(look)}</div>
      ${sizesSection(look)} ${twiceSection(look)} ${skippedSection(look)}
    `,
  });
}
