import type { Ranked } from '../ranks.js';
import { layoutOf, readPixels, type GridLayout, type GridPixels } from './grid.js';
import { embedded, stripOf, type Embedded } from './strip.js';

/** Images are shown for this many of the best trials. */
export const MOST_TRIALS = 12;

/** A row of the comparison. */
export type ShownRow =
  /** The test images, and their true translations if known. */
  | { readonly kind: 'real'; readonly real: Embedded; readonly truth: Embedded | undefined }
  | { readonly kind: 'trial'; readonly of: Ranked; readonly translated: Embedded; readonly reconstructed: Embedded }
  /** A grid with another layout. */
  | { readonly kind: 'whole'; readonly of: Ranked; readonly grid: Embedded }
  | { readonly kind: 'unreadable'; readonly of: Ranked };

/** One direction of translation: the same test images, trial by trial. */
export interface ShownDirection {
  readonly name: string;
  readonly rows: readonly ShownRow[];
  /** Number of test images of a grid; a row shows some of them. */
  readonly images: number;
}

/** The shown trials with images, the best first. */
export function trialsWithImages(ranked: readonly Ranked[]): { shown: Ranked[]; total: number } {
  const all = ranked.filter(({ trial }) => Object.keys(trial.images).length > 0);
  return { shown: all.slice(0, MOST_TRIALS), total: all.length };
}

/** Reads the images from disk. */
export async function shownDirections(ranked: readonly Ranked[]): Promise<ShownDirection[]> {
  const { shown } = trialsWithImages(ranked);
  const names = [...new Set(shown.flatMap(({ trial }) => Object.keys(trial.images)))].sort();
  const directions: ShownDirection[] = [];
  for (const name of names) directions.push(await directionOf(name, shown));
  return directions;
}

/** The file of the grid. */
export function fileOf({ trial }: Ranked, direction: string): string | undefined {
  return Object.hasOwn(trial.images, direction) ? trial.images[direction] : undefined;
}

/** Test images are shown above the trials, and again before a trial with other test images. */
async function directionOf(name: string, trials: readonly Ranked[]): Promise<ShownDirection> {
  const rows: ShownRow[] = [];
  let [images, last] = [0, Buffer.alloc(0)];
  for (const of of trials) {
    const file = fileOf(of, name);
    if (file === undefined) continue;
    const grid = await readGrid(file);
    if (grid === undefined) rows.push({ kind: 'unreadable', of });
    else if (grid.layout === undefined) rows.push({ kind: 'whole', of, grid: await embedded(grid.pixels) });
    else {
      const real = stripOf(grid.pixels, grid.layout, 0);
      if (!real.data.equals(last)) rows.push(await realRow(real, grid.pixels, grid.layout));
      rows.push(await trialRow(of, grid.pixels, grid.layout));
      [images, last] = [Math.max(images, grid.layout.rows), real.data as Buffer<ArrayBuffer>];
    }
  }
  return { name, rows, images };
}

/** A missing or invalid file must not fail the page. */
async function readGrid(file: string): Promise<{ pixels: GridPixels; layout: GridLayout | undefined } | undefined> {
  try {
    const pixels = await readPixels(file);
    return { pixels, layout: layoutOf(pixels) };
  } catch {
    return undefined;
  }
}

async function realRow(real: GridPixels, pixels: GridPixels, layout: GridLayout): Promise<ShownRow> {
  const truth = layout.columns > 3 ? await embedded(stripOf(pixels, layout, 3)) : undefined;
  return { kind: 'real', real: await embedded(real), truth };
}

async function trialRow(of: Ranked, pixels: GridPixels, layout: GridLayout): Promise<ShownRow> {
  const [translated, reconstructed] = await Promise.all(
    [1, 2].map((column) => embedded(stripOf(pixels, layout, column))),
  );
  return { kind: 'trial', of, translated: translated!, reconstructed: reconstructed! };
}
