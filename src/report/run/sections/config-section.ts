import { html, type Html } from '../../kit/html.js';
import { printable, visible } from '../../../support/visible.js';
import type { RunReport } from '../run-report.js';

/** What makes this run another than others, and the whole config. */
export function configSection({ config, differences }: Pick<RunReport, 'config' | 'differences'>): Html | undefined {
  if (config === null) return undefined;
  return html`<section aria-labelledby="config">
    <h2 id="config">Config</h2>
    ${differences === null ? undefined : differencesOf(differences)}
    <details>
      <summary>the whole config</summary>
      <pre class="wide" tabindex="0"><code>${printable(config)}</code></pre>
    </details>
  </section>`;
}

function differencesOf({ from, options }: NonNullable<RunReport['differences']>): Html {
  if (options.length === 0) return html`<p>All options are those of ${visible(from)}.</p>`;
  return html`<div class="wide" tabindex="0" role="region" aria-label="Options that differ from ${visible(from)}">
    <table class="options">
      <thead>
        <tr>
          <th scope="col">option</th>
          <th scope="col">here</th>
          <th scope="col">${visible(from)}</th>
        </tr>
      </thead>
      <tbody>
        ${options.map(
          ({ path, value, before }) =>
            html`<tr>
              <th scope="row"><code>${breakable(visible(path))}</code></th>
              <td>${visible(value)}</td>
              <td class="soft">${visible(before)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A path that a narrow screen breaks between its words. */
function breakable(path: string): readonly (string | Html)[] {
  return path.split(/(?<=[._])/).map((part, i) => (i === 0 ? part : html`<wbr />${part}`));
}
