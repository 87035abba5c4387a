import { html } from '../../report/kit/html.js';
import { htmlPage } from '../../report/kit/html-page.js';
import type { Comparison } from '../compare/compare-runs.js';
import { readCurves } from '../compare/curves.js';
import { STYLE } from './comparison-style.js';
import { shownImages } from './images/shown-images.js';
import { configSection, environmentSection } from './sections/difference-tables.js';
import { curvesSection } from './sections/curves-section.js';
import { imagesSection } from './sections/images-section.js';
import { ledeOf, runsTable, titleOf } from './sections/lede.js';
import { metricsSection } from './sections/metrics-section.js';

/** The comparison as one self-contained page. Reads images and journals of the runs. @param most test images of each direction */
export async function comparisonPage(comparison: Comparison, { most }: { readonly most: number }): Promise<string> {
  const images = await shownImages(comparison.runs, most);
  const curves = comparison.runs.map(({ entry }) => readCurves(entry.dir));
  const page = htmlPage({
    title: titleOf(comparison),
    style: STYLE,
    header: html`${ledeOf(comparison)} ${runsTable(comparison)}`,
    main: html`${configSection(comparison)} ${metricsSection(comparison)} ${imagesSection(comparison, images)}
    ${curvesSection(comparison, curves)} ${environmentSection(comparison)}`,
  });
  // Line breaks in names are escaped, so only the template's indentation is lost.
  return page.replace(/\n\s+/g, '\n');
}
