import { resampleWeights, type ResampleWeights, type FilterName } from './resample-weights.js';
import { withKernels, type Kernels } from './wasm/kernels.js';

/**
 * Resizes an RGB image exactly, bit for bit, as Pillow's `Image.resize((size, size), BICUBIC | BILINEAR)`, with which the
 * paper's PyTorch code resizes: separable convolution whose filter is widened when it shrinks (so that it does not alias),
 * weights in fixed point, rounded to 8 bits between the two passes.
 *
 * After `src/libImaging/Resample.c` of Pillow 13. Earlier ones always have the horizontal pass first, which makes a difference of a
 * few levels in tall images that are shrunk.
 *
 * @param source [height, width, 3], uint8
 * @returns [size, size, 3], uint8; the source itself where it has that size
 */
export function resample(
  source: Uint8Array,
  width: number,
  height: number,
  size: number,
  filter: FilterName,
): Uint8Array {
  const columns = resampleWeights(width, size, filter);
  const rows = resampleWeights(height, size, filter);
  // A side that stays as it is has no pass: that is not only faster, it also saves a rounding.
  if (width === size) return height === size ? source : runPasses(source, vertical(width, height, rows));
  if (height === size) return runPasses(source, horizontal(width, height, columns));
  return isVerticalFirst(width, height, size)
    ? runPasses(source, vertical(width, height, rows), horizontal(width, size, columns))
    : runPasses(source, horizontal(width, height, columns), vertical(size, height, rows));
}

/** Where the height shrinks by far more than the width, Pillow 13 does that first. */
function isVerticalFirst(width: number, height: number, size: number): boolean {
  return height > size && (width - size) * 2 < height - size;
}

interface Image {
  readonly rows: number;
  /** Of a row. */
  readonly bytes: number;
}

interface Pass {
  readonly table: ResampleWeights;
  readonly source: Image;
  readonly target: Image;
  /** The source's rows that `count` rows of the target, from `y`, are made of: first and end. */
  span(y: number, count: number): readonly [number, number];
  /** Makes those rows; by addresses, `from` that of the span. */
  run(kernels: Kernels, table: number, y: number, count: number, from: number, to: number): void;
}

function horizontal(width: number, rows: number, table: ResampleWeights): Pass {
  const size = table.starts.length;
  return {
    table,
    source: { rows, bytes: width * 3 },
    target: { rows, bytes: size * 3 },
    span: (y, count) => [y, y + count],
    run: (kernels, at, _, count, from, to) =>
      kernels.horizontal(from, to, count, width, size, at, at + size * 4, table.reach),
  };
}

function vertical(width: number, height: number, table: ResampleWeights): Pass {
  const { starts, taps, reach } = table;
  const bytes = width * 3;
  return {
    table,
    source: { rows: height, bytes },
    target: { rows: starts.length, bytes },
    span: (y, count) => [starts[y]!, starts[y + count - 1]! + taps],
    run: (kernels, at, y, count, from, to) =>
      kernels.vertical(from, to, count, bytes, at + y * 4, at + (starts.length + y * reach) * 4, reach, taps),
  };
}

/** The first pass takes the source in bands, so that there is no second copy of a huge one; what it makes stays where it is. */
function runPasses(source: Uint8Array, first: Pass, second?: Pass): Uint8Array {
  const perRow = Math.ceil(first.source.rows / first.target.rows);
  const count = Math.max(1, Math.floor(BAND / (perRow * first.source.bytes)));
  const rows = Math.min(first.source.rows, count * perRow + first.table.taps);

  const place = createLayout();
  const band = place.image({ rows, bytes: first.source.bytes });
  const between = place.image(first.target);
  const out = second ? place.image(second.target) : between;
  const firstTable = place.table(first.table);
  const secondTable = second ? place.table(second.table) : 0;

  return withKernels(place.end(), (kernels) => {
    const memory = new Uint8Array(kernels.memory.buffer);
    write(first.table, memory, firstTable);
    for (let y = 0; y < first.target.rows; y += count) {
      const made = Math.min(count, first.target.rows - y);
      const [from, end] = first.span(y, made);
      memory.set(source.subarray(from * first.source.bytes, end * first.source.bytes), band);
      first.run(kernels, firstTable, y, made, band, between + y * first.target.bytes);
    }
    if (second) {
      write(second.table, memory, secondTable);
      second.run(kernels, secondTable, 0, second.target.rows, between, out);
    }
    const { rows, bytes } = (second ?? first).target;
    return memory.slice(out, out + rows * bytes);
  });
}

/** Bytes of a source that are in the kernels' memory at once, or what one row of the target needs of it. */
const BAND = 16 * 2 ** 20;

/** Addresses, one after another. */
function createLayout() {
  let end = 0;
  const place = (bytes: number) => {
    const at = end;
    end += Math.ceil(bytes / ALIGNED) * ALIGNED;
    return at;
  };
  return {
    // The kernels touch a row and 16 bytes beyond the end.
    image: ({ rows, bytes }: Image) => place((rows + 1) * bytes + 16),
    table: ({ starts, weights }: ResampleWeights) => place(starts.byteLength + weights.byteLength),
    end: () => end,
  };
}

const ALIGNED = 16;

function write({ starts, weights }: ResampleWeights, memory: Uint8Array, at: number): void {
  new Int32Array(memory.buffer, at).set(starts);
  new Int16Array(memory.buffer, at + starts.byteLength).set(weights);
}
