import { html, type Html } from '../../kit/html.js';
import { SPLITS } from '../../../registry/kinds/dataset.js';
import { formatBytes } from '../../../support/bytes.js';
import { duration } from '../../../support/duration.js';
import { isJsonObject, type Json } from '../../../support/json.js';
import { count } from '../../../support/plain-text.js';
import { sameSize, sizeText } from '../../../support/sides.js';
import { visible } from '../../../support/visible.js';
import { nameOfData, provenance } from '../../data/provenance.js';
import type { ReportEnvironment, RunReport } from '../run-report.js';
import { moment } from '../text.js';

/** The data, the stages with their times, the environment, and how to repeat the run. */
export function factsSection({ data, stages, environment, warnings }: RunReport): Html {
  return html`${data === null ? undefined : dataSection(data)} ${stagesSection(stages)}
  ${warnings.length === 0 ? undefined : warningsSection(warnings)}
  ${environment === null ? undefined : html`${repeatSection(environment)} ${environmentSection(environment)}`}`;
}

function dataSection({ image_size: size, load_size: load, splits, source }: NonNullable<RunReport['data']>): Html {
  const name = nameOfData(source);
  const parts = SPLITS.filter((split) => (splits[split]?.count ?? 0) > 0);
  return html`<section aria-labelledby="data">
    <h2 id="data">Data</h2>
    <p>
      ${name === undefined ? undefined : html`<strong>${visible(name)}</strong>, `}${sizeText(size, ' × ')}
      pixels${sameSize(load, size) ? '' : `, cropped from ${sizeText(load, ' × ')} for training`}.
      ${splits.truthA.count + splits.truthB.count > 0 ? 'The true translations of the test images are known.' : undefined}
    </p>
    <table>
      <thead>
        <tr>
          <th scope="col">part</th>
          <th scope="col" class="n">images</th>
          <th scope="col" class="n">skipped</th>
        </tr>
      </thead>
      <tbody>
        ${parts.map(
          (split) =>
            html`<tr>
              <th scope="row">${split}</th>
              <td class="n">${count(splits[split].count)}</td>
              <td class="n">${splits[split].skipped === 0 ? '–' : count(splits[split].skipped)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${provenance(source)}
  </section>`;
}

function stagesSection(stages: RunReport['stages']): Html | undefined {
  if (stages.length === 0) return undefined;
  const longest = Math.max(...stages.map(({ seconds }) => seconds ?? 0));
  return html`<section aria-labelledby="stages">
    <h2 id="stages">Stages</h2>
    <div class="wide" tabindex="0" role="region" aria-label="Stages with their times">
      <table class="stages">
        <thead>
          <tr>
            <th scope="col">stage</th>
            <th scope="col">state</th>
            <th scope="col" class="n">time</th>
            <th scope="col"><span class="unseen">share of the time</span></th>
            <th scope="col">ended</th>
          </tr>
        </thead>
        <tbody>
          ${stages.map(({ name, state, reason, seconds, finished }) => {
            const share = longest > 0 && seconds !== null ? (seconds / longest) * 100 : 0;
            return html`<tr>
              <th scope="row">${visible(name)}</th>
              <td>
                ${state === 'failed' || state === 'damaged' ? html`<span class="mark">${state}</span>` : state}${reason === null ? undefined : html`<span class="reason">${visible(reason)}</span>`}
              </td>
              <td class="n">${seconds === null ? '' : duration(seconds)}</td>
              <td class="bar"><span style="width:${share.toFixed(1)}%"></span></td>
              <td class="soft">${finished === null ? '' : moment(finished)}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>
  </section>`;
}

function warningsSection(warnings: readonly string[]): Html {
  return html`<section aria-labelledby="warnings">
    <h2 id="warnings">Warnings</h2>
    <ul class="plain">
      ${warnings.map((text) => html`<li>${visible(text)}</li>`)}
    </ul>
  </section>`;
}

function repeatSection({ command, commit, branch, dirty, remote, seed }: ReportEnvironment): Html {
  const code =
    commit === null
      ? undefined
      : html`<p>
          at commit
          <code>${visible(commit)}</code
          >${branch === null ? undefined : html` of <code>${visible(branch)}</code>`}${remote === null ? undefined : html`, <code>${visible(remote)}</code>`}${dirty ? html`, <span class="mark">with changes that were not committed</span>` : undefined}.
        </p>`;
  return html`<section aria-labelledby="repeat">
    <h2 id="repeat">How to repeat it</h2>
    <pre class="wide" tabindex="0"><code>${visible(command)}</code></pre>
    ${code}
    <p class="soft">
      ${seed === null ? undefined : `Seed ${seed}. `}The same numbers come out on the same kind of processor with the
      same number of threads; see below.
    </p>
  </section>`;
}

function environmentSection({ versions, machine }: ReportEnvironment): Html {
  const facts = [...leaves(versions), ...leaves(machine).filter(([key]) => key !== 'host')];
  return html`<section aria-labelledby="environment">
    <h2 id="environment">Environment</h2>
    <dl class="source">
      ${facts.map(
        ([key, value]) =>
          html`<dt>${visible(key)}</dt>
            <dd>${visible(value)}</dd>`,
      )}
    </dl>
  </section>`;
}

/** `engine tensorflow`: `2.21.0`. */
function leaves(value: Json, path: readonly string[] = []): [string, string][] {
  if (isJsonObject(value)) return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]));
  if (value === null || path.length === 0) return [];
  const text =
    path.at(-1) === 'memory' && typeof value === 'number'
      ? formatBytes(value)
      : typeof value === 'string'
        ? value
        : JSON.stringify(value);
  return [[path.join(' '), text]];
}
