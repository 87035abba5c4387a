import { formatNumber } from '../../../support/format-number.js';
import { html, type Html } from '../../kit/html.js';
import type { ReportValue } from '../run-report.js';

/** Size of a scale in the units of its drawing. */
const [WIDTH, HEIGHT, MARGIN] = [220, 22, 7];

/** One metric's values on a line from the untranslated input (circle) to real images (bar), better to the right. */
export function scaleOf(values: readonly ReportValue[]): Html | undefined {
  const { unchanged, real, better } = values[0]!;
  const known = values.flatMap(({ value, interval }) => [value, ...(interval ?? [])]);
  const all = [...known, unchanged, real].filter((each): each is number => each !== null && Number.isFinite(each));
  if (unchanged === null && real === null) return undefined;
  const [least, greatest] = [Math.min(...all), Math.max(...all)];
  if (!(greatest > least)) return undefined;
  const place = (value: number) => {
    const share = (value - least) / (greatest - least);
    return MARGIN + (better === 'lower' ? 1 - share : share) * (WIDTH - 2 * MARGIN);
  };
  const middle = HEIGHT / 2;
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${describe(values)}">
    <line class="base" x1="${MARGIN}" x2="${WIDTH - MARGIN}" y1="${middle}" y2="${middle}" />
    ${real === null || !Number.isFinite(real) ? undefined : html`<line class="real" x1="${at(place(real))}" x2="${at(place(real))}" y1="3" y2="${HEIGHT - 3}" />`}
    ${unchanged === null || !Number.isFinite(unchanged) ? undefined : html`<circle class="input" cx="${at(place(unchanged))}" cy="${middle}" r="4.5" />`}
    ${values.map((value, i) => markOf(value, i, place))}
  </svg>`;
}

function markOf({ value, interval }: ReportValue, i: number, place: (value: number) => number): Html | undefined {
  if (!Number.isFinite(value)) return undefined;
  const middle = HEIGHT / 2;
  const [x1, x2] = (interval ?? [value, value]).map(place);
  return html`<g class="value v${i}">
    ${interval === null ? undefined : html`<line class="interval" x1="${at(x1!)}" x2="${at(x2!)}" y1="${middle}" y2="${middle}" />`}
    <circle cx="${at(place(value))}" cy="${middle}" r="4.5" />
  </g>`;
}

function describe(values: readonly ReportValue[]): string {
  const { unchanged, real } = values[0]!;
  const parts = [
    ...(unchanged === null ? [] : [`untranslated input ${formatNumber(unchanged)}`]),
    `value ${values.map(({ value }) => formatNumber(value)).join(' and ')}`,
    ...(real === null ? [] : [`real images ${formatNumber(real)}`]),
  ];
  return parts.join(', ');
}

const at = (place: number): string => place.toFixed(1);
