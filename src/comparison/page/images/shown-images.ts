import sharp, { type Sharp } from 'sharp';
import { GAP, layoutOf, readPixels, type GridLayout, type GridPixels } from '../../../sweep/page/images/grid.js';
import type { ComparedRun } from '../../compare/compare-runs.js';
import { gridsOf, type EvaluatedImage } from '../../compare/test-images.js';
import { embedImage, type EmbeddedImage } from '../../../report/kit/embed-image.js';
import { spreadIndices } from '../../../support/spread.js';

/** One direction: the same test images, a row each. */
export interface ShownImages {
  readonly direction: string;
  readonly rows: readonly ShownRow[];
  /** Number of test images that all runs have in common. */
  readonly total: number;
  /** The metric whose values stand below the images. */
  readonly metric: string | undefined;
}

export interface ShownRow {
  readonly name: string;
  readonly source: EmbeddedImage | undefined;
  readonly truth: EmbeddedImage | undefined;
  /** For each run; undefined where it has no translation of this image. */
  readonly runs: readonly ({ readonly image: EmbeddedImage; readonly score: number | undefined } | undefined)[];
}

/** The test images that the page shows: from images.jsonl, else from the grids of some test images. @param most of each direction */
export async function shownImages(runs: readonly ComparedRun[], most: number): Promise<ShownImages[]> {
  const recorded = directionsOf(
    runs.map(({ evaluation }) => evaluation?.images.map(({ direction }) => direction) ?? []),
  );
  const grids = await Promise.all(
    runs.map(async ({ evaluation }) => (evaluation ? gridsOf(evaluation) : new Map<string, string>())),
  );
  const all = directionsOf([...grids.map((each) => [...each.keys()]), recorded]);
  const shown: ShownImages[] = [];
  for (const direction of all) {
    const own = recorded.includes(direction) ? await fromRecords(direction, runs, most) : undefined;
    const found =
      own ??
      (await fromGrids(
        direction,
        grids.map((each) => each.get(direction)),
        most,
      ));
    if (found.rows.length > 0) shown.push(found);
  }
  return shown;
}

function directionsOf(lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())].sort();
}

/** @returns undefined if fewer than two runs have recorded the same image, so that the grids show more */
async function fromRecords(
  direction: string,
  runs: readonly ComparedRun[],
  most: number,
): Promise<ShownImages | undefined> {
  const byRun = runs.map(
    ({ evaluation }) =>
      new Map(evaluation?.images.filter((image) => image.direction === direction).map((image) => [image.name, image])),
  );
  const names = [...new Set(byRun.flatMap((images) => [...images.keys()]))];
  const shared = names.filter((name) => byRun.filter((images) => images.has(name)).length > 1);
  if (shared.length === 0) return undefined;
  const metric = scoredBy(direction, runs);
  const rows: ShownRow[] = [];
  for (const name of spreadIndices(shared.length, most).map((index) => shared[index]!))
    rows.push(
      await rowOf(
        name,
        byRun.map((images) => images.get(name)),
        metric,
      ),
    );
  return {
    direction,
    rows: rows.filter((row) => row.runs.some((run) => run !== undefined)),
    total: shared.length,
    metric,
  };
}

/** The metric of single images to show: one that compares with the truth or with real images, which scores the unchanged input too, says most. */
function scoredBy(direction: string, runs: readonly ComparedRun[]): string | undefined {
  const names = runs.flatMap(({ evaluation }) => evaluation?.images.flatMap((image) => [...image.scores.keys()]) ?? []);
  const judged = names.find((name) =>
    runs.some(({ entry }) => entry.metrics.get(`${direction}/${name}`)?.unchanged !== undefined),
  );
  return judged ?? names[0];
}

async function rowOf(
  name: string,
  images: readonly (EvaluatedImage | undefined)[],
  metric: string | undefined,
): Promise<ShownRow> {
  const runs = await Promise.all(
    images.map(async (one) => {
      const image = await embedFile(one?.translated);
      return image && { image, score: metric === undefined ? undefined : one?.scores.get(metric) };
    }),
  );
  return {
    name,
    source: await firstOf(images.map((one) => one?.source)),
    truth: await firstOf(images.map((one) => one?.truth)),
    runs,
  };
}

/** All runs have the same source; one of their files may be gone. */
async function firstOf(files: readonly (string | undefined)[]): Promise<EmbeddedImage | undefined> {
  for (const file of files) {
    const image = await embedFile(file);
    if (image !== undefined) return image;
  }
  return undefined;
}

function embedFile(file: string | undefined): Promise<EmbeddedImage | undefined> {
  return embed(file === undefined ? undefined : sharp(file));
}

/** In the size of the page's columns; small images as they are, as single pixels are compared. */
function embed(image: Sharp | undefined): Promise<EmbeddedImage | undefined> {
  return image === undefined ? Promise.resolve(undefined) : embedImage(image, { side: 256, lossless: true });
}

interface Grid {
  readonly pixels: GridPixels;
  readonly layout: GridLayout;
}

/** Of old runs: a translation counts only beside the very same source. */
async function fromGrids(
  direction: string,
  files: readonly (string | undefined)[],
  most: number,
): Promise<ShownImages> {
  const grids = await Promise.all(files.map(readGrid));
  const reference = grids.find((grid) => grid !== undefined);
  const rows: ShownRow[] = [];
  for (let row = 0; row < Math.min(most, reference?.layout.rows ?? 0); row++) {
    const source = await cellOf(reference!, 0, row).raw().toBuffer();
    const runs = await Promise.all(grids.map((grid) => translatedIn(grid, row, source)));
    const truth = reference!.layout.columns > 3 ? await embed(cellOf(reference!, 3, row)) : undefined;
    rows.push({ name: `test image ${row + 1}`, source: await embed(cellOf(reference!, 0, row)), truth, runs });
  }
  return { direction, rows, total: reference?.layout.rows ?? 0, metric: undefined };
}

async function translatedIn(grid: Grid | undefined, row: number, source: Buffer) {
  if (grid === undefined || row >= grid.layout.rows) return undefined;
  if (!(await cellOf(grid, 0, row).raw().toBuffer()).equals(source)) return undefined;
  const image = await embed(cellOf(grid, 1, row));
  return image && { image, score: undefined };
}

async function readGrid(file: string | undefined): Promise<Grid | undefined> {
  if (file === undefined) return undefined;
  try {
    const pixels = await readPixels(file);
    const layout = layoutOf(pixels);
    return layout && { pixels, layout };
  } catch {
    return undefined;
  }
}

function cellOf({ pixels: { width, height, data }, layout: { side } }: Grid, column: number, row: number): Sharp {
  const place = (index: number) => GAP + index * (side + GAP);
  return sharp(data, { raw: { width, height, channels: 3 } }).extract({
    left: place(column),
    top: place(row),
    width: side,
    height: side,
  });
}
