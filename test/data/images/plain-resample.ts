/**
 * Pillow 13's resize of an RGB image to a square, written as plainly as possible: the reference for `src/data/images/resample.ts`.
 */
export function plainResample(
  source: Uint8Array,
  width: number,
  height: number,
  size: number,
  filter: 'bilinear' | 'bicubic',
): Uint8Array {
  const across = (image: Uint8Array, rows: number) =>
    pass(image, width, size, filter, { lines: rows, line: width * 3, step: 3, toLine: size * 3, toStep: 3 });
  const down = (image: Uint8Array, columns: number) =>
    pass(image, height, size, filter, { lines: columns, line: 3, step: columns * 3, toLine: 3, toStep: columns * 3 });
  if (width === size) return height === size ? source : down(source, width);
  if (height === size) return across(source, height);
  const verticalFirst = height > size && (width - size) * 2 < height - size;
  return verticalFirst ? across(down(source, width), size) : down(across(source, height), size);
}

/** Distances in bytes: between the resized lines, and between the pixels of a line. */
interface Layout {
  readonly lines: number;
  readonly line: number;
  readonly step: number;
  readonly toLine: number;
  readonly toStep: number;
}

function pass(
  source: Uint8Array,
  from: number,
  to: number,
  filter: 'bilinear' | 'bicubic',
  layout: Layout,
): Uint8Array {
  const { lines, line, step, toLine, toStep } = layout;
  const out = new Uint8ClampedArray(lines * to * 3);
  for (let i = 0; i < to; i++) {
    const { start, weights } = weigh(i, from, to, filter);
    for (let l = 0; l < lines; l++) {
      for (let channel = 0; channel < 3; channel++) {
        const at = l * line + start * step + channel;
        let sum = 2 ** 21;
        for (let k = 0; k < weights.length; k++) sum += source[at + k * step]! * weights[k]!;
        out[l * toLine + i * toStep + channel] = Math.floor(sum / 2 ** 22);
      }
    }
  }
  return new Uint8Array(out.buffer);
}

function weigh(i: number, from: number, to: number, filter: 'bilinear' | 'bicubic') {
  const scale = from / to;
  const widening = Math.max(1, scale);
  const support = (filter === 'bicubic' ? 2 : 1) * widening;
  const centre = (i + 0.5) * scale;
  const start = Math.max(0, Math.trunc(centre - support + 0.5));
  const end = Math.min(from, Math.trunc(centre + support + 0.5));
  const exact: number[] = [];
  for (let k = start; k < end; k++) exact.push(shape((k - centre + 0.5) * (1 / widening), filter));
  const sum = exact.reduce((sum, weight) => sum + weight, 0);
  const weights = exact.map((weight) => Math.trunc((weight / sum) * 2 ** 22 + (weight < 0 ? -0.5 : 0.5)));
  return { start, weights };
}

function shape(distance: number, filter: 'bilinear' | 'bicubic'): number {
  const x = Math.abs(distance);
  if (filter === 'bilinear') return Math.max(0, 1 - x);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
}
