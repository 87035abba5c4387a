import { metricScale } from '../../../report/kit/axis-scale.js';
import { meansOver, type Points } from '../../../report/kit/thin-curve.js';
import { html, type Html } from '../../../report/kit/html.js';
import { visible } from '../../../support/visible.js';
import type { Comparison } from '../../compare/compare-runs.js';
import type { Curves } from '../../compare/curves.js';

/** More would be a page of its own. */
const MOST_CHARTS = 24;
/** In SVG units, about pixels. */
const [WIDTH, HEIGHT] = [360, 210];
const [LEFT, RIGHT, TOP, BOTTOM] = [46, 16, 8, 26];
/** Height of a letter at the end of a line. */
const LETTER = 11;
/** The last place for a letter, above the labels of the axis. */
const LOWEST = HEIGHT - BOTTOM - 4;
/** Points of a line over the whole width: more is noise in a small chart. */
const MOST_BINS = 60;

/** A chart for each curve, with a line for each run. */
export function curvesSection({ runs }: Comparison, curves: readonly Curves[]): Html | undefined {
  const names = [...new Set(curves.flatMap((each) => [...each.keys()]))];
  // What is measured on images says more than losses.
  const ordered = [
    ...names.filter((name) => !name.startsWith('loss/')),
    ...names.filter((name) => name.startsWith('loss/')),
  ];
  if (ordered.length === 0) return undefined;
  const shown = ordered.slice(0, MOST_CHARTS);
  const more = ordered.length - shown.length;
  return html`<section aria-labelledby="curves">
    <h2 id="curves">Curves</h2>
    <p class="soft">
      By training step, neighbouring steps averaged.${more > 0 ? ` ${more} more curves are in TensorBoard.` : ''} Losses
      of a GAN compare only where their weights are the same.
    </p>
    <div class="charts">
      ${shown.map((name) =>
        chart(
          name,
          curves.map((each) => each.get(name)),
          runs,
        ),
      )}
    </div>
  </section>`;
}

function chart(name: string, curves: readonly (Points | undefined)[], runs: Comparison['runs']): Html {
  const last = Math.max(...curves.flatMap((line) => line?.steps.at(-1) ?? []));
  // The same stretches for all runs, so that a short run looks no noisier than a long one.
  const lines = curves.map((curve) => curve && pointsOf(meansOver(curve, last / MOST_BINS)));
  const points = lines.flatMap((line) => line ?? []);
  const x = metricScale([0, ...points.map(({ step }) => step)]);
  const y = metricScale(points.map(({ value }) => value));
  const px = (step: number) => round(LEFT + x.place(step)! * (WIDTH - LEFT - RIGHT));
  const py = (value: number) => round(HEIGHT - BOTTOM - 4 - y.place(value)! * (HEIGHT - TOP - BOTTOM - 8));
  const drawn = lines.flatMap((line, i) => (line === undefined ? [] : [lineOf(line, i, px, py)]));
  const labels = apart(
    lines.flatMap((line, index) => (line === undefined ? [] : [endOf(line.at(-1)!, index, px, py)])),
  );
  return html`<figure>
    <figcaption>${visible(name)}</figcaption>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${visible(name)} by step, a line for each run">
      ${y.ticks.map(({ value, text }) => html`<path class="grid" d="M${LEFT} ${py(value as number)}H${WIDTH - RIGHT}" /><text x="${LEFT - 6}" y="${py(value as number) + 4}" text-anchor="end">${text}</text>`)}
      <path class="base" d="M${LEFT} ${HEIGHT - BOTTOM}H${WIDTH - RIGHT}" />
      ${x.ticks.map(({ value, text }) => html`<text x="${px(value as number)}" y="${HEIGHT - 8}" text-anchor="middle">${text}</text>`)}
      ${drawn}
      ${labels.map(({ x, y, index }) => html`<text class="end r${index}" x="${x + 4}" y="${y + 4}">${runs[index]!.label}</text>`)}
    </svg>
  </figure>`;
}

interface Point {
  readonly step: number;
  readonly value: number;
}

function pointsOf({ steps, values }: Points): Point[] {
  return steps.map((step, i) => ({ step, value: values[i]! }));
}

type Place = (value: number) => number;

function lineOf(line: readonly Point[], index: number, px: Place, py: Place): Html {
  const d = line.map(({ step, value }) => `${px(step)} ${py(value)}`).join('L');
  return html`<path class="line r${index}" d="M${d}" />`;
}

interface End {
  readonly x: number;
  readonly y: number;
  /** Of the run. */
  readonly index: number;
}

function endOf({ step, value }: Point, index: number, px: Place, py: Place): End {
  return { x: px(step), y: py(value), index };
}

/** Moves letters of lines that end at one place below each other. */
function apart(ends: readonly End[]): End[] {
  const placed: End[] = [];
  for (const end of [...ends].sort((a, b) => a.y - b.y)) {
    const near = placed.filter(({ x }) => Math.abs(x - end.x) < LETTER);
    placed.push({ ...end, y: Math.max(end.y, ...near.map(({ y }) => y + LETTER)) });
  }
  const below = Math.max(0, ...placed.map(({ y }) => y - LOWEST));
  const low = placed.filter(({ y }) => y - LOWEST > 0);
  const isPushed = ({ x }: End) => low.some((end) => Math.abs(end.x - x) < LETTER);
  return placed.map((end) => (isPushed(end) ? { ...end, y: end.y - below } : end));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
