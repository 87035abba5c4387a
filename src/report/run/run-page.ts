import { html, type Html } from '../kit/html.js';
import { htmlPage } from '../kit/html-page.js';
import { visible } from '../../support/visible.js';
import type { Chart } from './curves/charts.js';
import type { EmbeddedImage } from '../kit/embed-image.js';
import type { RunReport } from './run-report.js';
import { RUN_STYLE } from './run-style.js';
import { configSection } from './sections/config-section.js';
import { curvesSection } from './sections/curves-section.js';
import { factsSection } from './sections/facts-section.js';
import { metricsSection } from './sections/metrics-section.js';
import { pairsOf, type ShownPairs } from './sections/result-section.js';
import { samplesSection, type ShownSamples } from './sections/samples-section.js';
import { gridsSection, testsSection, type ShownTests } from './sections/tests-section.js';
import { moment } from './text.js';
import type { Verdict } from './verdict.js';

/** Everything that is on the page, images included. */
export interface RunPage {
  readonly report: RunReport;
  readonly verdict: Verdict;
  readonly charts: readonly Chart[];
  readonly pairs: readonly ShownPairs[];
  readonly samples: readonly ShownSamples[];
  readonly tests: readonly ShownTests[];
  readonly grids: readonly { readonly direction: string; readonly image: EmbeddedImage }[];
  /** For the script: {@link PageData}. */
  readonly data: unknown;
  readonly script: string;
}

/** Renders the report about a run. */
export function runPage({ report, verdict, charts, pairs, samples, tests, grids, data, script }: RunPage): string {
  const samplesPart = { id: 'samples', title: 'Samples', content: samplesSection(samples) };
  // Before anything is measured, the samples are the result.
  const isMeasured = pairs.length + grids.length > 0;
  const sections = [
    ...(isMeasured ? [] : [samplesPart]),
    { id: 'result', title: 'Result', content: resultSection(pairs) },
    { id: 'metrics', title: 'Metrics', content: metricsSection(report.evaluations) },
    { id: 'curves', title: 'Curves', content: curvesSection(charts) },
    ...(isMeasured ? [samplesPart] : []),
    { id: 'tests', title: 'Test images', content: testsSection(tests) ?? gridsSection(grids) },
    { id: 'config', title: 'Config', content: configSection(report) },
  ].filter(({ content }) => content !== undefined);
  return htmlPage({
    title: visible(report.name),
    style: RUN_STYLE,
    header: headerOf(report, verdict),
    main: html`<nav aria-label="Sections">
        ${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}<a
          href="#${report.data === null ? 'stages' : 'data'}"
          >Data and stages</a
        >
      </nav>
      ${sections.map(({ content }) => content)} ${factsSection(report)}`,
    script: { code: script, data },
  });
}

function headerOf({ started }: RunReport, { state, results, alarms }: Verdict): Html {
  return html`<p class="lede">
      ${results.length > 0 ? results.map((text) => html`<span class="verdict">${text}</span>`) : state}
    </p>
    ${alarms.map((text) => html`<p class="alarm" role="note"><strong class="mark">${text}</strong></p>`)}
    <p class="soft">
      ${results.length > 0 ? state : undefined} ${started === null ? undefined : html`Started ${moment(started)}.`}
    </p>`;
}

function resultSection(pairs: readonly ShownPairs[]): Html | undefined {
  const shown = pairs.filter((each) => each.pairs.length > 0);
  if (shown.length === 0) return undefined;
  return html`<section aria-labelledby="result" class="result">
    <h2 id="result">${shown.some(({ by }) => by !== undefined) ? 'The best translations' : 'Translations'}</h2>
    ${shown.map(pairsOf)}
  </section>`;
}
