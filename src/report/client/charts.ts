import { Chart } from './chart.js';
import { Curves } from './curves.js';
import { moved, type View } from './view.js';
import type { PageData } from './page-data.js';

/** Draws each chart when it comes near the screen, and connects all of them: one range of steps, one smoothing. */
export function startCharts({ charts, steps, values, stepsPerEpoch }: PageData): void {
  const places = [...document.querySelectorAll<HTMLElement>('[data-chart]')];
  if (places.length === 0) return;
  const curves = new Curves(steps, values);
  const view: View = {
    smoothing: suited(charts, curves),
    whole: extentOf(charts, curves),
    logarithmic: false,
    range: undefined,
    stepsPerEpoch,
  };
  const drawn = new Map<HTMLElement, Chart>();
  const all = () => drawn.values();
  const reset = document.getElementById('whole') as HTMLButtonElement;
  const zoom = (range: View['range']) => {
    view.range = range;
    reset.disabled = range === undefined;
    for (const chart of all()) chart.zoom();
  };
  const draw = (place: HTMLElement) => {
    if (drawn.has(place)) return;
    const data = charts[Number(place.dataset['chart'])]!;
    drawn.set(place, new Chart(place, data, curves, view, zoom));
  };

  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) draw(target as HTMLElement);
    },
    { rootMargin: '600px' },
  );
  for (const place of places) observer.observe(place);

  const smoothing = document.getElementById('smoothing') as HTMLInputElement;
  const output = smoothing.parentElement!.querySelector('output')!;
  smoothing.valueAsNumber = view.smoothing;
  output.value = smoothing.value;
  const smooth = () => {
    view.smoothing = smoothing.valueAsNumber;
    output.value = smoothing.value;
    for (const chart of all()) chart.smooth();
  };
  smoothing.addEventListener('input', smooth);
  const logarithmic = document.getElementById('logarithmic') as HTMLInputElement;
  logarithmic.addEventListener('change', () => {
    view.logarithmic = logarithmic.checked;
    for (const chart of all()) chart.redraw();
  });
  reset.addEventListener('click', () => zoom(undefined));
  for (const [id, key] of [
    ['closer', '+'],
    ['wider', '-'],
  ] as const) {
    document.getElementById(id)!.addEventListener('click', () => zoom(moved(key, view) ?? undefined));
  }

  const redraw = () => {
    for (const chart of all()) chart.redraw();
  };
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  // A canvas keeps the colours in which it was drawn: paper is white.
  addEventListener('beforeprint', () => {
    document.documentElement.classList.add('printing');
    for (const place of places) draw(place);
    redraw();
  });
  addEventListener('afterprint', () => {
    document.documentElement.classList.remove('printing');
    redraw();
  });
}

/** A smoothing over about a hundredth of the longest curve. */
function suited(charts: PageData['charts'], curves: Curves): number {
  const longest = Math.max(...charts.flatMap(({ series }) => series.map((each) => curves.of(each).steps.length)));
  return Number(Math.min(0.99, Math.max(0.6, 1 - 100 / longest)).toFixed(3));
}

function extentOf(charts: PageData['charts'], curves: Curves): [number, number] {
  const all = charts.flatMap(({ series }) => series.map((each) => curves.of(each).steps));
  return [Math.min(...all.map((steps) => steps[0]!)), Math.max(...all.map((steps) => steps.at(-1)!))];
}
