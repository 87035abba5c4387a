import uPlot from 'uplot';
import { aligned, type Aligned } from './aligned.js';
import type { Curves } from './curves.js';
import { Legend } from './legend.js';
import { shortText, whole } from './numbers.js';
import type { ChartData } from './page-data.js';
import { smoothed } from './smoothing.js';
import { moved, type View } from './view.js';

const HEIGHT = 220;
/** Below this many points, a curve is drawn as it is: there is nothing to smooth. */
const FEW = 20;

/** One chart: each curve as it was recorded, faint, and smoothed. */
export class Chart {
  readonly #place: HTMLElement;
  readonly #steps: Float64Array;
  readonly #raw: Aligned['values'];
  readonly #legend: Legend;
  readonly #hidden = new Set<number>();
  #plot: uPlot | undefined;

  constructor(
    figure: HTMLElement,
    private readonly data: ChartData,
    curves: Curves,
    private readonly view: View,
    private readonly onZoom: (range: View['range']) => void,
  ) {
    this.#place = figure.querySelector<HTMLElement>('.plot')!;
    const { steps, values } = aligned(data.series.map((series) => curves.of(series)));
    [this.#steps, this.#raw] = [steps, values];
    this.#legend = new Legend(figure.querySelector<HTMLElement>('.legend')!, data, (index) => this.#toggle(index));
    this.redraw();
    new ResizeObserver(() => this.#plot?.setSize({ width: this.#width(), height: HEIGHT })).observe(this.#place);
    this.#place.addEventListener('keydown', (event) => this.#key(event));
  }

  /** From scratch: colours and the kind of axis cannot be changed in a plot. */
  redraw(): void {
    this.#plot?.destroy();
    this.#plot = new uPlot(this.#options(), this.#columns(), this.#place);
    this.#legend.show(undefined, this.#valuesAt(this.#steps.length - 1));
  }

  smooth(): void {
    // Keeps the zoom.
    this.#plot?.setData(this.#columns(), false);
    this.#plot?.redraw();
    this.#legend.show(undefined, this.#valuesAt(this.#steps.length - 1));
    this.zoom();
  }

  zoom(): void {
    const [min, max] = this.view.range ?? this.view.whole;
    this.#plot?.setScale('x', { min, max });
  }

  #width(): number {
    return Math.max(240, this.#place.clientWidth);
  }

  /** Steps, then all curves as recorded, then smoothed. */
  #columns(): uPlot.AlignedData {
    const smooth = this.#raw.map((values) => (this.#isFew() ? values : smoothed(values, this.view.smoothing)));
    return [this.#steps, ...this.#raw.map(gaps), ...smooth.map(gaps)] as unknown as uPlot.AlignedData;
  }

  #isFew(): boolean {
    return this.#steps.length < FEW;
  }

  #options(): uPlot.Options {
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const [ink, rule] = [colour('--soft'), colour('--faint')];
    const sparse = this.#isFew();
    const series = (faint: boolean): uPlot.Series[] =>
      this.data.series.map(({ label }, i) => ({
        label,
        stroke: colour(`--c${(i % 6) + 1}`),
        width: faint ? 1 : 1.75,
        alpha: faint ? 0.28 : 1,
        show: !this.#hidden.has(i) && (!faint || !sparse),
        points: { show: !faint && sparse, size: 5 },
        spanGaps: true,
      }));
    const axis: uPlot.Axis = { stroke: ink, grid: { stroke: rule, width: 1 }, ticks: { show: false }, font: FONT };
    const isLog = this.view.logarithmic && this.#isPositive();
    return {
      width: this.#width(),
      height: HEIGHT,
      legend: { show: false },
      cursor: {
        sync: { key: 'steps', scales: ['x', null], setSeries: false },
        drag: { x: true, y: false, setScale: false },
        focus: { prox: -1 },
        points: { size: 7 },
        bind: { dblclick: () => () => (this.onZoom(undefined), null) },
      },
      scales: {
        x: { time: false, range: () => [...(this.view.range ?? this.view.whole)] },
        y: isLog ? { distr: 3 } : { range: (plot) => this.#heights(plot) },
      },
      axes: [
        { ...axis, size: 30, space: 70, values: (_, all) => all.map((value) => compact(value)) },
        { ...axis, size: 56, values: (_, all) => all.map((value) => (value === null ? '' : compact(value))) },
      ],
      series: [{}, ...series(true), ...series(false)],
      hooks: {
        setSelect: [(plot) => this.#selected(plot)],
        setCursor: [(plot) => this.#hover(plot.cursor.idx)],
      },
    };
  }

  /** The range of the shown values without the rarest of the unsmoothed ones, which would flatten all others. */
  #heights({ scales, data }: uPlot): [number, number] {
    const [min, max] = [scales['x']!.min ?? -Infinity, scales['x']!.max ?? Infinity];
    const isShown = (_: unknown, i: number) => this.#steps[i]! >= min && this.#steps[i]! <= max;
    const count = this.#raw.length;
    const [low, high] = [[] as number[], [] as number[]];
    for (let i = 0; i < count; i++) {
      if (this.#hidden.has(i)) continue;
      const raw = this.#raw[i]!.filter(isShown).filter(Number.isFinite).sort();
      const smooth = (data[1 + count + i] as (number | null)[]).filter(isShown).filter((value) => value !== null);
      if (raw.length === 0) continue;
      const rare = raw.length > 200 ? Math.floor(raw.length * 0.005) : 0;
      low.push(
        raw[rare]!,
        smooth.reduce((a, b) => Math.min(a, b), Infinity),
      );
      high.push(
        raw[raw.length - 1 - rare]!,
        smooth.reduce((a, b) => Math.max(a, b), -Infinity),
      );
    }
    if (low.length === 0) return [0, 1];
    const [least, greatest] = [Math.min(...low), Math.max(...high)];
    const margin = (greatest - least || Math.abs(greatest) || 1) * 0.06;
    return [least >= 0 && least - margin < 0 ? 0 : least - margin, greatest + margin];
  }

  #isPositive(): boolean {
    return this.#raw.every((values) => values.every((value) => !(value <= 0)));
  }

  #selected(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < 4) return;
    const range = [left, left + width].map((place) => plot.posToVal(place, 'x')) as [number, number];
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.onZoom(range);
  }

  #hover(index: number | null | undefined): void {
    if (index === null || index === undefined) this.#legend.show(undefined, this.#valuesAt(this.#steps.length - 1));
    else this.#legend.show(this.#stepText(this.#steps[index]!), this.#valuesAt(index));
  }

  #stepText(step: number): string {
    const { stepsPerEpoch } = this.view;
    const epoch = stepsPerEpoch === null ? '' : `, epoch ${Math.max(1, Math.ceil(step / stepsPerEpoch))}`;
    return `step ${whole(step)}${epoch}`;
  }

  /** The values of all curves at or before a step, as not every curve has one at each. */
  #valuesAt(index: number): string[] {
    return this.#raw.map((values) => {
      let at = index;
      while (at > 0 && Number.isNaN(values[at]!)) at--;
      return shortText(values[at]);
    });
  }

  #toggle(index: number): boolean {
    if (!this.#hidden.delete(index)) this.#hidden.add(index);
    this.redraw();
    this.zoom();
    return this.#hidden.has(index);
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const range = moved(event.key, this.view);
    if (range === undefined) return;
    event.preventDefault();
    this.onZoom(range ?? undefined);
  }
}

const FONT = '12px ui-sans-serif, system-ui, sans-serif';

/** uPlot knows gaps as null. */
function gaps(values: Float64Array): (number | null)[] {
  return Array.from(values, (value) => (Number.isFinite(value) ? value : null));
}

/** 1.2k for an axis. */
function compact(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(4))}k`;
  return size !== 0 && size < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(4)));
}
