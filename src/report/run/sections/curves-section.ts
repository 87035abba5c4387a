import { formatNumber } from '../../../support/format-number.js';
import { html, type Html } from '../../kit/html.js';
import { visible } from '../../../support/visible.js';
import { counted } from '../../../support/plain-text.js';
import type { Chart } from '../curves/charts.js';

/** Places for the charts, which the page's script draws. */
export function curvesSection(charts: readonly Chart[]): Html | undefined {
  if (charts.length === 0) return undefined;
  const groups = [...new Set(charts.map(({ group }) => group))];
  return html`<section aria-labelledby="curves">
    <h2 id="curves">Curves</h2>
    <div class="controls" data-for="curves" hidden>
      <label
        >smoothing <input type="range" id="smoothing" min="0" max="0.999" step="0.001" value="0.6" />
        <output for="smoothing">0.6</output></label
      >
      <label><input type="checkbox" id="logarithmic" /> logarithmic</label>
      <span role="group" aria-label="Zoom" class="segments">
        <button type="button" id="closer" aria-label="zoom in">+</button>
        <button type="button" id="wider" aria-label="zoom out">−</button>
        <button type="button" id="whole" disabled>show all steps</button>
      </span>
      <span class="soft">Drag across a chart to zoom all of them; double-click shows all. Keys: + − ← → 0.</span>
    </div>
    <noscript><p class="soft">The curves are drawn by a script, which this browser does not run.</p></noscript>
    ${groups.map(
      (group) =>
        html`<h3>${TITLES[group]}</h3>
          <div class="charts">
            ${charts.map((chart, i) => (chart.group === group ? placeOf(chart, i) : undefined))}
          </div>`,
    )}
  </section>`;
}

const TITLES: Readonly<Record<Chart['group'], string>> = {
  Validation: 'On images that training does not see',
  Losses: 'Losses',
  Training: 'Training',
};

function placeOf(chart: Chart, index: number): Html {
  return html`<figure class="chart" data-chart="${index}">
    <figcaption>${visible(chart.title)}</figcaption>
    <div class="plot" tabindex="0" role="img" aria-label="${describe(chart)}"></div>
    <div class="legend"></div>
  </figure>`;
}

/** What a listener can know of a chart. */
function describe({ title, curves }: Chart): string {
  const each = curves.map(({ name, values }) => {
    const finite = values.filter(Number.isFinite);
    // Not Math.min(...), which takes only some 100,000 arguments.
    const [least, greatest] = [
      finite.reduce((a, b) => Math.min(a, b), Infinity),
      finite.reduce((a, b) => Math.max(a, b), -Infinity),
    ];
    const range =
      finite.length === 0 ? 'no finite value' : `between ${formatNumber(least)} and ${formatNumber(greatest)}`;
    return `${visible(name)}: from ${formatNumber(values[0]!)} to ${formatNumber(values.at(-1)!)}, ${range}`;
  });
  return `Chart ${visible(title)}, ${counted(curves.length, 'curve')}. ${each.join('; ')}.`;
}
