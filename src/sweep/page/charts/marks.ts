import { html, type Html } from '../../../report/kit/html.js';
import { visible } from '../../../support/visible.js';
import type { SweepAxis, SweepSummary, TrialSummary } from '../../summary/sweep-summary.js';
import type { Group } from '../../summary/groups.js';
import { rowId, type MeasuredTrial, type Ranked } from '../ranks.js';
import { measured, meanText } from '../../summary/summary-text.js';
import { plain, shortened } from '../page-text.js';
import type { AxisScale } from '../../../report/kit/axis-scale.js';

/** Positions on a chart. */
export interface Places {
  readonly x: AxisScale;
  readonly px: (place: number) => number;
  readonly py: (value: number) => number;
  /** The y position of the axis. */
  readonly foot: number;
}

/** From this many trials per value, points are spread sideways so that they do not overlap, up to this distance. */
const [CROWD, WIDEST] = [9, 14];
/** Spreads any number of points evenly (golden ratio sequence). */
const GOLDEN = 0.618034;

/** The spread of each value's trials, drawn below the points. */
export function bands(groups: readonly Group[], places: Places): Html {
  const { px, py } = places;
  const d = placed(groups, places).map(({ at, mean, deviation }) =>
    deviation === undefined ? '' : `M${round(px(at))} ${round(py(mean - deviation))}V${round(py(mean + deviation))}`,
  );
  return html`<path class="band" d="${d.join('')}" />`;
}

/** Means, drawn above the points, with a line through them unless the values are categories. */
export function means(groups: readonly Group[], places: Places, { metric }: SweepSummary): Html {
  const { x, px, py } = places;
  const shown = placed(groups, places);
  const line = shown.map(({ at, mean }) => `${round(px(at))} ${round(py(mean))}`).join('L');
  const marks = shown.map(({ at, key, mean, deviation, trials }) => {
    const title = `${plain(key)}: ${meanText({ mean, deviation }, metric)}, mean of ${trials.length}`;
    return html`<path class="mean" d="M${round(px(at) - 10)} ${round(py(mean))}h20"><title>${title}</title></path>`;
  });
  const between = x.kind !== 'categories' && shown.length > 1;
  return html`${between ? html`<path class="trend" d="M${line}" />` : undefined}${marks}`;
}

/** A point per trial, the best last, so that it is on top. */
export function points(groups: readonly Group<MeasuredTrial>[], places: Places, { metric }: SweepSummary): Html {
  const { x, px, py } = places;
  const offset = sideways(groups, places);
  const drawn = groups
    .flatMap(({ key, trials }) => trials.map((one) => ({ ...one, at: x.place(key), crowd: trials.length })))
    .sort((a, b) => b.rank - a.rank);
  const radius = drawn.length > 200 ? 2.5 : 4;
  return html`<g class="points"
    >${drawn.map(({ at, crowd, ...one }) => {
      if (at === undefined) return undefined;
      const cx = round(px(at) + offset(one, crowd));
      const kind = `s${one.shade}${one.rank === 1 ? ' best' : ''}`;
      return html`<a href="#${rowId(one.trial)}" tabindex="-1"
        ><circle class="${kind}" cx="${cx}" cy="${round(py(one.value))}" r="${one.rank === 1 ? 4 : radius}"
          ><title>${named(one.trial, measured(one.value, metric))}</title></circle
        ></a
      >`;
    })}</g
  >`;
}

/** A cross at the foot for each failed trial. */
export function failures(axis: SweepAxis, ranked: readonly Ranked[], { x, px, foot }: Places): Html[] {
  const failed = ranked.filter(({ trial: { state } }) => state === 'failed' || state === 'crashed');
  return failed.flatMap(({ trial }) => {
    const at = x.place(trial.params[axis.path]);
    if (at === undefined) return [];
    const d = `M${round(px(at) - 3.5)} ${foot - 11}l7 7m0-7l-7 7`;
    return html`<path class="failure" d="${d}"><title>${named(trial, trial.state)}</title></path>`;
  });
}

/** Rounds to a tenth of a pixel. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The sideways offset of a point among many, small enough to keep it clear of the next value. */
function sideways(
  groups: readonly Group<MeasuredTrial>[],
  { x, px }: Places,
): (one: MeasuredTrial, crowd: number) => number {
  const at = groups.flatMap(({ key }) => x.place(key) ?? []).sort((a, b) => a - b);
  const gaps = at.slice(1).map((place, i) => px(place) - px(at[i]!));
  const reach = Math.min(WIDEST, 0.35 * Math.min(...gaps.filter((gap) => gap > 0)));
  return ({ trial }, crowd) => (crowd < CROWD ? 0 : (((trial.id * GOLDEN) % 1) * 2 - 1) * reach);
}

function placed(groups: readonly Group[], { x }: Places): (Group & { readonly at: number })[] {
  return groups
    .flatMap((group) => {
      const at = x.place(group.key);
      return at === undefined ? [] : { ...group, at };
    })
    .sort((a, b) => a.at - b.at);
}

function named({ label }: TrialSummary, what: string): string {
  return `${shortened(visible(label), 100)}: ${what}`;
}
