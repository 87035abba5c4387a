import { scaleLinear, scaleLog } from 'd3-scale';
import type { ValueCounts } from './value-counts.js';
import { count } from '../../support/plain-text.js';
import { html, type Html } from '../kit/html.js';

/** Bars of a histogram, and its size in CSS pixels. */
const [BARS, WIDTH, HEIGHT] = [48, 240, 40];
/** Above this ratio of the largest to the smallest value, the axis is logarithmic. */
const LOGARITHMIC_FROM = 8;

/** An axis that several histograms share. `ratio`: logarithmic whatever the range. */
export class HistogramAxis {
  readonly min: number;
  readonly max: number;
  /** Position of a value, from 0 to 1. */
  readonly place: (value: number) => number;
  readonly isLogarithmic: boolean;

  constructor(all: ValueCounts, { ratio }: { readonly ratio: boolean }) {
    const { min, max } = all.range() ?? { min: 1, max: 1 };
    [this.min, this.max] = [min, max];
    this.isLogarithmic = min > 0 && (ratio || max / min > LOGARITHMIC_FROM);
    this.place = (this.isLogarithmic ? scaleLog : scaleLinear)([min, max], [0, 1]);
  }
}

/** Draws a histogram, with a mark at the median. */
export function histogram(counts: ValueCounts, axis: HistogramAxis, label: string): Html {
  const bars = new Array<number>(BARS).fill(0);
  for (const [value, occurrences] of counts.entries()) {
    bars[Math.min(BARS - 1, Math.floor(axis.place(value) * BARS))]! += occurrences;
  }
  const { min, median, max } = counts.range()!;
  const highest = Math.max(...bars);
  const step = WIDTH / BARS;
  const path = bars.map((n, i) => (n === 0 ? '' : bar(i * step, step - 1, Math.max(1, (n / highest) * HEIGHT))));
  const x = (axis.place(median) * WIDTH).toFixed(1);
  const description = `${label}: from ${count(min)} to ${count(max)}, median ${count(median)}, ${count(highest)} in the highest bar`;
  return html`<svg viewBox="0 -6 ${WIDTH} ${HEIGHT + 7}" role="img" aria-label="${description}">
    <title>${description}</title>
    <path class="bars" d="${path.join('')}" />
    <path class="base" d="M0 ${HEIGHT + 0.5}h${WIDTH}" />
    <path class="median" d="M${x} ${HEIGHT}V-6" />
  </svg>`;
}

function bar(x: number, width: number, height: number): string {
  return `M${x.toFixed(1)} ${HEIGHT}v-${height.toFixed(1)}h${width.toFixed(1)}V${HEIGHT}z`;
}
