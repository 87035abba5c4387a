import { resampleWeights, type ResampleWeights, type FilterName } from './resample-weights.js';
import { sidesOf, type HeightWidth, type Sides } from '../../support/sides.js';
import { resampling, type Kernels } from './wasm/kernels.js';

/**
 * Resizes an RGB image bit for bit like Pillow's `Image.resize(size, BICUBIC | BILINEAR)`, which the paper's PyTorch code
 * uses: separable convolution, its filter widened when shrinking (against aliasing), fixed-point weights, rounded to 8 bits between
 * the two passes.
 *
 * Follows `src/libImaging/Resample.c` of Pillow 13. Earlier versions always run the horizontal pass first; shrunk tall images then
 * differ by a few levels.
 *
 * @param source [height, width, 3], uint8
 * @returns the image at that size, uint8; the source itself where it has that size
 */
export function resample(
  source: Uint8Array,
  width: number,
  height: number,
  size: Sides | HeightWidth,
  filter: FilterName,
): Uint8Array {
  const to = sidesOf(size);
  const columns = resampleWeights(width, to.width, filter);
  const rows = resampleWeights(height, to.height, filter);
  // A side of unchanged length has no pass: that is faster and saves a rounding.
  if (width === to.width) return height === to.height ? source : runPasses(source, vertical(width, height, rows));
  if (height === to.height) return runPasses(source, horizontal(width, height, columns));
  return isVerticalFirst(width - to.width, height - to.height)
    ? runPasses(source, vertical(width, height, rows), horizontal(width, to.height, columns))
    : runPasses(source, horizontal(width, height, columns), vertical(to.width, height, rows));
}

/** Pillow 13 runs the vertical pass first when the height shrinks by far more pixels than the width. */
function isVerticalFirst(narrower: number, lower: number): boolean {
  return lower > 0 && narrower * 2 < lower;
}

interface Image {
  readonly rows: number;
  /** Bytes per row. */
  readonly bytes: number;
}

interface Pass {
  readonly table: ResampleWeights;
  readonly source: Image;
  readonly target: Image;
  /** The source rows [first, end) that `count` target rows from `y` depend on. */
  span(y: number, count: number): readonly [number, number];
  /** Computes those rows; all addresses are in the kernels' memory, `from` is that of the span. */
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

/** The first pass reads the source in bands, so that a huge image needs no second copy; its result stays in the kernels' memory. */
function runPasses(source: Uint8Array, first: Pass, second?: Pass): Uint8Array {
  const perRow = Math.ceil(first.source.rows / first.target.rows);
  const count = Math.max(1, Math.floor(BAND / (perRow * first.source.bytes)));
  const rows = Math.min(first.source.rows, count * perRow + first.table.taps);

  const layout = createLayout();
  const band = layout.image({ rows, bytes: first.source.bytes });
  const between = layout.image(first.target);
  const out = second ? layout.image(second.target) : between;
  const firstTable = layout.table(first.table);
  const secondTable = second ? layout.table(second.table) : 0;

  return resampling.use(layout.end(), (kernels) => {
    const memory = new Uint8Array(kernels.memory.buffer);
    write(first.table, memory, firstTable);
    for (let y = 0; y < first.target.rows; y += count) {
      const bandRows = Math.min(count, first.target.rows - y);
      const [from, end] = first.span(y, bandRows);
      memory.set(source.subarray(from * first.source.bytes, end * first.source.bytes), band);
      first.run(kernels, firstTable, y, bandRows, band, between + y * first.target.bytes);
    }
    if (second) {
      write(second.table, memory, secondTable);
      second.run(kernels, secondTable, 0, second.target.rows, between, out);
    }
    const { rows, bytes } = (second ?? first).target;
    return memory.slice(out, out + rows * bytes);
  });
}

/** Bytes of the source in the kernels' memory at once; more if one target row needs more. */
const BAND = 16 * 2 ** 20;

/** Assigns consecutive addresses. */
function createLayout() {
  let end = 0;
  const reserve = (bytes: number) => {
    const at = end;
    end += Math.ceil(bytes / ALIGNED) * ALIGNED;
    return at;
  };
  return {
    // The kernels access a row and 16 bytes beyond the end.
    image: ({ rows, bytes }: Image) => reserve((rows + 1) * bytes + 16),
    table: ({ starts, weights }: ResampleWeights) => reserve(starts.byteLength + weights.byteLength),
    end: () => end,
  };
}

const ALIGNED = 16;

function write({ starts, weights }: ResampleWeights, memory: Uint8Array, at: number): void {
  new Int32Array(memory.buffer, at).set(starts);
  new Int16Array(memory.buffer, at + starts.byteLength).set(weights);
}
