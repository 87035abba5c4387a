import { counted } from '../../../support/plain-text.js';
import { html, type Html } from '../../../report/kit/html.js';
import { visible } from '../../../support/visible.js';
import type { SweepAxis, SweepSummary } from '../../summary/sweep-summary.js';
import { scaleOfAxis } from '../shown-axes.js';
import { areRepeated, groupsBy, type Group } from '../../summary/groups.js';
import { bands, failures, means, points, round, type Places } from './marks.js';
import { measuredTrials, type MeasuredTrial, type Ranked } from '../ranks.js';
import { shortened } from '../page-text.js';
import { metricScale, type AxisScale } from '../../../report/kit/axis-scale.js';

/** In SVG units, about pixels. */
const [WIDTH, HEIGHT] = [460, 270];
const [LEFT, RIGHT, TOP, BOTTOM] = [54, 12, 10, 40];
/** Between the outer values and the frame. */
const INSET = 18;
/** Width of a character of a tick label. */
const CHARACTER_WIDTH = 6.6;

/** The metric against an axis: a point per trial, means with their spread for repeated values, a cross for failed trials. */
export function axisChart(axis: SweepAxis, ranked: readonly Ranked[], summary: SweepSummary): Html {
  const trials = measuredTrials(ranked);
  const groups = groupsBy(trials, ({ params }) => params[axis.path]);
  const repeated = areRepeated(groups);
  const y = metricScale(extent(trials, repeated ? groups : []));
  const places: Places = {
    x: scaleOfAxis(axis),
    px: (place) => LEFT + INSET + place * (WIDTH - LEFT - RIGHT - 2 * INSET),
    foot: HEIGHT - BOTTOM,
    py: (value) => HEIGHT - BOTTOM - INSET - y.place(value)! * (HEIGHT - TOP - BOTTOM - 2 * INSET),
  };
  const label = `${visible(summary.metric.name)} of ${counted(trials.length, 'trial')} against ${visible(axis.path)}`;
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
    <path class="base" d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}" />
    ${yTicks(y, places)} ${xTicks(places)} ${repeated ? bands(groups, places) : undefined}
    ${failures(axis, ranked, places)} ${points(groups, places, summary)}
    ${repeated ? means(groups, places, summary) : undefined}
  </svg>`;
}

/** The values that the y axis must cover. */
function extent(trials: readonly MeasuredTrial[], groups: readonly Group[]): number[] {
  const values = trials.map(({ value }) => value);
  const ends = groups.flatMap(({ mean, deviation = 0 }) => [mean - deviation, mean + deviation]);
  return [...values, ...ends].filter(Number.isFinite);
}

function yTicks(y: AxisScale, { py }: Places): Html[] {
  return y.ticks.map(({ value, text }) => {
    const at = round(py(value as number));
    return html`<path class="grid" d="M${LEFT} ${at}H${WIDTH - RIGHT}" /><text
        class="tick"
        x="${LEFT - 8}"
        y="${at + 4}"
        text-anchor="end"
        >${text}</text
      >`;
  });
}

/** Omits labels that would overlap the previous one. */
function xTicks({ x, px }: Places): Html[] {
  const slot = (WIDTH - LEFT - RIGHT) / Math.max(1, x.ticks.length);
  const most = x.kind === 'categories' ? Math.max(2, Math.floor(slot / CHARACTER_WIDTH)) : Infinity;
  let end = -Infinity;
  return x.ticks.map(({ text }, index) => {
    const at = round(px(x.placeOfTick(index)));
    const [y, short] = [HEIGHT - BOTTOM, shortened(text, most)];
    const half = ([...short].length * CHARACTER_WIDTH) / 2;
    const fits = x.kind === 'categories' || at - half > end + CHARACTER_WIDTH;
    if (fits) end = at + half;
    const title = short === text ? undefined : html`<title>${text}</title>`;
    const label = html`<text class="tick" x="${at}" y="${y + 18}" text-anchor="middle">${short}${title}</text>`;
    return html`<path class="base" d="M${at} ${y}v5" />${fits ? label : undefined}`;
  });
}
