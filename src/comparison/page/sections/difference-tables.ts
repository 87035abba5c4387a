import { html, type Html } from '../../../report/kit/html.js';
import type { Json } from '../../../support/json.js';
import { visible } from '../../../support/visible.js';
import type { Comparison } from '../../compare/compare-runs.js';
import { scalarOf } from '../../recorded-config.js';
import { listed, tag } from '../page-text.js';

/** The config keys that differ. */
export function configSection({ config, runs }: Comparison): Html {
  const rows = config.map(({ key, values }) => ({ head: html`<code>${visible(key)}</code>`, values }));
  return html`<section aria-labelledby="config">
    <h2 id="config">What differs in the config</h2>
    ${rows.length === 0 ? html`<p class="soft">Nothing: the resolved configs are the same.</p>` : table('Config', rows, runs)}
  </section>`;
}

/** Versions, commit, machine and threads, as far as they differ. */
export function environmentSection({ environment, runs }: Comparison): Html {
  const rows = environment.map(({ stages, key, values }) => ({
    head: html`${visible(key)} <span class="soft">${listed(stages.map(visible))}</span>`,
    values,
  }));
  return html`<section aria-labelledby="environment">
    <h2 id="environment">What differs in the environment</h2>
    ${rows.length === 0 ? html`<p class="soft">Nothing that is recorded: versions, commit, machine, threads.</p>` : table('Environment', rows, runs)}
  </section>`;
}

function table(
  label: string,
  rows: readonly { readonly head: Html; readonly values: readonly Json[] }[],
  runs: Comparison['runs'],
): Html {
  return html`<div class="wide" tabindex="0" role="region" aria-label="${label}">
    <table class="differences">
      <thead>
        <tr>
          <th scope="col"></th>
          ${runs.map((run, i) => html`<th scope="col">${tag(run, i)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ head, values }) =>
            html`<tr>
              <th scope="row">${head}</th>
              ${values.map((value) => html`<td>${visible(String(scalarOf(value) ?? '–'))}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
