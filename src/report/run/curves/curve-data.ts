import { shortNames, type Chart } from './charts.js';
import { extremesOf } from '../../kit/thin-curve.js';
import { visible } from '../../../support/visible.js';
import type { PageData } from '../../client/page-data.js';

/** The charts as the page's script takes them. Equal steps, and a curve of several charts, are there once. */
export function chartData(
  charts: readonly Chart[],
  descriptions: Readonly<Record<string, string>>,
): Pick<PageData, 'charts' | 'steps' | 'values'> {
  const [steps, values] = [new Map<string, number>(), new Map<string, number>()];
  const data = charts.map(({ title, curves }) => {
    const labels = shortNames(curves.map(({ name }) => name));
    return {
      title: visible(title),
      series: curves.map((curve, i) => {
        const points = extremesOf(curve);
        return {
          name: visible(curve.name),
          label: visible(labels[i]!),
          description: visible(descriptions[curve.name] ?? ''),
          steps: indexOf(base64(Uint32Array.from(points.steps)), steps),
          values: indexOf(base64(Float32Array.from(points.values)), values),
        };
      }),
    };
  });
  return { charts: data, steps: [...steps.keys()], values: [...values.keys()] };
}

function indexOf(text: string, known: Map<string, number>): number {
  if (!known.has(text)) known.set(text, known.size);
  return known.get(text)!;
}

/** Little-endian, as all browsers read it. */
function base64({ buffer }: Uint32Array | Float32Array): string {
  return Buffer.from(buffer as ArrayBuffer).toString('base64');
}
