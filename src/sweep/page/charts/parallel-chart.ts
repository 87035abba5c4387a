import type { Scalar } from '../../../support/json.js';
import { counted } from '../../../support/plain-text.js';
import { html, type Html } from '../../../report/kit/html.js';
import { visible } from '../../../support/visible.js';
import type { SweepSummary } from '../../summary/sweep-summary.js';
import { rowId, type MeasuredTrial } from '../ranks.js';
import { measured } from '../../summary/summary-text.js';
import { shortened } from '../page-text.js';
import { round } from './marks.js';
import type { AxisScale } from '../../../report/kit/axis-scale.js';

/** In SVG units, about pixels. */
const [WIDTH, HEIGHT] = [1160, 380];
const [LEFT, RIGHT, TOP, BOTTOM] = [70, 70, 48, 44];
/** From this many lines on, lines are thin. */
const MANY = 150;
/** Width of a character. */
const CHARACTER_WIDTH = 6.8;

/** A vertical axis that every line crosses. */
export interface Column {
  readonly title: string;
  /** Text below the title. */
  readonly note: string;
  /** Whether it is the ranking metric. */
  readonly counts: boolean;
  readonly scale: AxisScale;
  readonly valueOf: (trial: MeasuredTrial) => Scalar | undefined;
}

/** Parallel coordinates: a line per trial, from its parameters to its metrics, in the colour of its rank. */
export function parallel(columns: readonly Column[], trials: readonly MeasuredTrial[], { metric }: SweepSummary): Html {
  const lines = [...trials].reverse().map((one) => line(one, columns, metric));
  const label = `Parameters and metrics of ${counted(trials.length, 'trial')} as lines from axis to axis`;
  return html`<svg class="parallel" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
    ${columns.map((_, index) => html`<path class="base" d="M${xOf(index, columns)} ${TOP}V${HEIGHT - BOTTOM}" />`)}
    <g class="lines${trials.length >= MANY ? ' many' : ''}">${lines}</g>
    ${columns.map((column, index) => head(column, index, columns))}
  </svg>`;
}

/** The text at the foot appears at once; the title appears later, but screen readers also read it. */
function line(one: MeasuredTrial, columns: readonly Column[], metric: SweepSummary['metric']): Html {
  const { trial, shade, value } = one;
  const d = pathOf(one, columns);
  const caption = (most: number) => `${shortened(visible(trial.label), most)}: ${measured(value, metric)}`;
  return html`<a class="s${shade}" href="#${rowId(trial)}" tabindex="-1"
    ><title>${caption(200)}</title><path class="hit" d="${d}" /><path d="${d}" /><text
      x="${WIDTH / 2}"
      y="${HEIGHT - 8}"
      >${caption(110)}</text
    ></a
  >`;
}

/** The line, broken at missing values. */
function pathOf(one: MeasuredTrial, columns: readonly Column[]): string {
  let pen = 'M';
  return columns
    .map((column, index) => {
      const place = column.scale.place(column.valueOf(one));
      if (place === undefined) pen = 'M';
      const step = place === undefined ? '' : `${pen}${xOf(index, columns)} ${yOf(place)}`;
      if (place !== undefined) pen = 'L';
      return step;
    })
    .join('');
}

function head({ title, note, counts, scale }: Column, index: number, columns: readonly Column[]): Html {
  const x = xOf(index, columns);
  const maxLength = Math.floor(
    columns.length > 1 ? (WIDTH - LEFT - RIGHT) / (columns.length - 1) / CHARACTER_WIDTH : 60,
  );
  const short = shortened(title, Math.min(maxLength, 22));
  const last = index === columns.length - 1;
  const ticks = scale.ticks.map(({ text }, i) => {
    const y = yOf(scale.placeOfTick(i));
    const most = Math.max(3, Math.min(last || index === 0 ? 9 : 24, maxLength - 3));
    const cut = shortened(text, most);
    const full = cut === text ? undefined : html`<title>${text}</title>`;
    const [at, anchor] = last ? [x + 8, 'start'] : [x - 8, 'end'];
    return html`<path class="base" d="M${x - 4} ${y}h8" /><text
        class="tick"
        x="${at}"
        y="${y + 4}"
        text-anchor="${anchor}"
        >${cut}${full}</text
      >`;
  });
  return html`<text class="head${counts ? ' counts' : ''}" x="${x}" y="16"
      >${short}${short === title ? undefined : html`<title>${title}</title>`}</text
    ><text class="note" x="${x}" y="31">${note}</text>${ticks}`;
}

function xOf(index: number, { length }: readonly Column[]): number {
  const share = length > 1 ? index / (length - 1) : 0.5;
  return round(LEFT + share * (WIDTH - LEFT - RIGHT));
}

function yOf(place: number): number {
  return round(HEIGHT - BOTTOM - 8 - place * (HEIGHT - TOP - BOTTOM - 16));
}
