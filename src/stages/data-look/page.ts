import type { Findings } from '../../data/store/findings.js';
import type { StoreIndex } from '../../data/store/format.js';
import type { Domain } from '../../registry/kinds/dataset.js';
import { visible } from '../../support/visible.js';
import { Html, html } from './html.js';
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

/** One page that holds all it shows: no script, nothing fetched, and a policy that keeps it so whatever the files are called. */
export function page(look: Look): string {
  const { index } = look;
  const name = nameOfData(index.source);
  const title = name === undefined ? 'The data' : `The data: ${visible(name)}`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        />
        <title>${title}</title>
        <style>
          ${STYLE_SHEET}
        </style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          ${ledeOf(look)} ${provenance(index.source)}
        </header>
        <main>
          ${samplesSection(look)}
          <div class="tables">${splitsSection(look)}${kindsSection(look)}</div>
          ${sizesSection(look)} ${twiceSection(look)} ${skippedSection(look)}
        </main>
      </body>
    </html> `.text;
}

const STYLE_SHEET = new Html(STYLE);
