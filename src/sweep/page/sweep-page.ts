import { html } from '../../report/kit/html.js';
import { htmlPage } from '../../report/kit/html-page.js';
import { visible } from '../../support/visible.js';
import type { SweepSummary } from '../summary/sweep-summary.js';
import { shownDirections } from './images/shown-rows.js';
import { rankedTrials } from './ranks.js';
import { axesSection } from './sections/axes-section.js';
import { ledeOf, provenance } from './sections/sweep-lede.js';
import { parallelSection } from './sections/parallel-section.js';
import { imagesSection } from './sections/images-section.js';
import { trialsSection } from './sections/trials-section.js';
import { STYLE } from './sweep-style.js';

/** The results of a sweep as one page. Reads the grids of the best trials from disk, and notes those that cannot be read. */
export async function sweepPage(summary: SweepSummary): Promise<string> {
  const ranked = rankedTrials(summary);
  const directions = await shownDirections(ranked);
  const title = `Sweep: ${visible(summary.name)}`;
  const page = htmlPage({
    title,
    style: STYLE,
    header: html`${ledeOf(summary, ranked)} ${provenance(summary)}`,
    main: html`${axesSection(summary, ranked)} ${parallelSection(summary, ranked)}
    ${imagesSection(summary, ranked, directions)} ${trialsSection(summary, ranked)}`,
  });
  // Template indentation would be a third of a page of a thousand trials. Line breaks in names are escaped, so none is lost here.
  return page.replace(/\n\s+/g, '\n');
}
