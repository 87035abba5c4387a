import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { mapAtOnce } from '../../support/at-once.js';
import { sidesOf, type Sides } from '../../support/sides.js';
import { visible } from '../../support/visible.js';
import type { PageData, TestData } from '../client/page-data.js';
import { chartsOf } from './curves/charts.js';
import { chartData } from './curves/curve-data.js';
import { spread } from '../../support/spread.js';
import { chosenImages, shownFirst, worstLists } from './images/choose-images.js';
import { embedImage, sideFor, type EmbeddedImage } from '../kit/embed-image.js';
import { PARTS, type ImageEntry } from './images/image-entry.js';
import { neighbourLists } from './images/neighbours.js';
import { scoresOf, type ImageScore } from './images/scores.js';
import type { ReportEvaluation, RunReport } from './run-report.js';
import { runPage } from './run-page.js';
import type { ShownPair, ShownPairs } from './sections/result-section.js';
import type { ShownSamples } from './sections/samples-section.js';
import { titleOf } from './sections/samples-section.js';
import type { ShownNeighbours } from './sections/neighbours-section.js';
import type { ShownTests } from './sections/tests-section.js';
import { verdictOf } from './verdict.js';

/** Images at the top, in each list of the worst, and in that of the closest to a training image. */
const [FIRST, WORST, CLOSEST] = [4, 6, 6];
/** Grids of samples of each direction, and the longest side of one in pixels. */
const [MAX_FRAMES, GRID_SIDE] = [40, 640];

/** The report as a page. Reads the images from disk; those that cannot be read are left out. @param imageSize of the networks, if known */
export async function makeRunPage(report: RunReport, imageSize: Sides | null): Promise<string> {
  const charts = chartsOf(report);
  const evaluation = report.evaluations.find(({ images }) => images.length > 0);
  const directions = [...new Set(evaluation?.images.map(({ direction }) => direction))];
  const samples = await shownSamples(report, imageSize);
  const grids = evaluation === undefined ? await shownGrids(report) : [];
  const tests = evaluation === undefined ? [] : await testsOf(evaluation, directions);
  const data: PageData = {
    ...chartData(charts, report.descriptions),
    stepsPerEpoch: report.stepsPerEpoch,
    samples: samples
      .filter(({ frames }) => frames.length > 0)
      .map(({ name, frames }) => ({
        title: titleOf(name),
        frames: frames.map(({ step, image }) => ({ step, src: image.src })),
      })),
    tests: tests.map(({ data: own }) => own),
  };
  return runPage({
    report,
    verdict: verdictOf(report),
    charts,
    pairs: tests.map(({ first }) => first),
    samples,
    tests: tests.map(({ shown }) => shown),
    grids,
    data,
    script: await clientScript(),
  });
}

/** Bundled by the build. */
async function clientScript(): Promise<string> {
  return readFile(fileURLToPath(import.meta.resolve('#report-client')), 'utf8');
}

interface Tests {
  readonly shown: ShownTests;
  readonly first: ShownPairs;
  readonly data: TestData;
}

async function testsOf(evaluation: ReportEvaluation, directions: readonly string[]): Promise<Tests[]> {
  const chosen = chosenImages(evaluation, directions);
  const files = chosen.reduce((sum, { files }) => sum + Object.keys(files).length, 0);
  const side = sideFor(files);
  const embedded = new Map(
    (await mapAtOnce(chosen, async (entry) => [entry, await embeddedParts(entry, side)] as const)).filter(
      (pair): pair is readonly [ImageEntry, Parts] => pair[1] !== undefined,
    ),
  );
  return mapAtOnce(directions, async (direction) => {
    const own = {
      ...evaluation,
      images: chosen.filter((entry) => entry.direction === direction && embedded.has(entry)),
    };
    const scores = scoresOf(own, direction);
    const pair = (entry: ImageEntry, by: ImageScore | undefined): ShownPair => {
      const { source, translated } = embedded.get(entry)!;
      return { name: entry.name, score: by && entry.scores[by.name], source, translated };
    };
    const { images, by } = shownFirst(own, direction, FIRST);
    const worst = worstLists(own, direction, WORST).map(({ images: all, ...list }) => ({
      ...list,
      pairs: all.map((entry) => pair(entry, list.score)),
    }));
    const neighbours = await shownNeighbours(own, direction, embedded, side);
    const all = evaluation.images.filter((entry) => entry.direction === direction).length;
    return {
      first: { direction, by, pairs: images.map((entry) => pair(entry, by)) },
      shown: { direction, images: own.images.length, of: all, worst, neighbours },
      data: {
        direction,
        scores: scores.map(({ name, better }) => ({ name: visible(name), better })),
        images: own.images.map((entry) => ({
          name: visible(entry.name),
          scores: scores.map(({ name }) => jsonNumber(entry.scores[name])),
          ...(Object.fromEntries(Object.entries(embedded.get(entry)!).map(([part, { src }]) => [part, src])) as Record<
            'source' | 'translated',
            string
          >),
        })),
      },
    };
  });
}

/** Those whose training image can be read. */
async function shownNeighbours(
  evaluation: ReportEvaluation,
  direction: string,
  embedded: ReadonlyMap<ImageEntry, Parts>,
  side: number,
): Promise<ShownNeighbours[]> {
  const lists = await mapAtOnce(neighbourLists(evaluation, direction, CLOSEST), async ({ neighbours, ...list }) => {
    const shown = await mapAtOnce(neighbours, async ({ image, distance, name, file }) => {
      const nearest = await embedImage(file, { side });
      if (nearest === undefined) return [];
      const { source, translated } = embedded.get(image)!;
      return [{ name: image.name, distance, source, translated, nearest, nearestName: name }];
    });
    return { ...list, neighbours: shown.flat() };
  });
  return lists.filter(({ neighbours }) => neighbours.length > 0);
}

type Parts = Record<'source' | 'translated', EmbeddedImage> & Partial<Record<'truth' | 'reconstructed', EmbeddedImage>>;

/** @returns undefined if the source or its translation cannot be read */
async function embeddedParts({ files }: ImageEntry, side: number): Promise<Parts | undefined> {
  const parts: Partial<Parts> = {};
  for (const part of PARTS) {
    const image = files[part] === undefined ? undefined : await embedImage(files[part], { side });
    if (image !== undefined) parts[part] = image;
  }
  return parts.source === undefined || parts.translated === undefined ? undefined : (parts as Parts);
}

function jsonNumber(value: number | undefined): number | string | null {
  if (value === undefined) return null;
  return Number.isFinite(value) ? value : String(value);
}

async function shownSamples({ samples, descriptions }: RunReport, imageSize: Sides | null): Promise<ShownSamples[]> {
  const options = { side: GRID_SIDE, enlarged: enlargement(imageSize) };
  return mapAtOnce(samples, async ({ name, frames }) => {
    // The last one shows the result.
    const chosen =
      frames.length <= MAX_FRAMES ? frames : [...spread(frames.slice(0, -1), MAX_FRAMES - 1), frames.at(-1)!];
    const images = await mapAtOnce(chosen, async ({ step, file }) => ({
      step,
      image: await embedImage(file, options),
    }));
    const readable = images.filter(
      (frame): frame is { step: number; image: EmbeddedImage } => frame.image !== undefined,
    );
    return { name, description: descriptions[name] ?? '', frames: readable, of: frames.length };
  });
}

/** Grids enlarge small images to about 128 pixels: see src/inference/image-grid.ts. */
function enlargement(imageSize: Sides | null): number {
  return imageSize === null ? 1 : Math.max(1, Math.round(128 / sidesOf(imageSize).width));
}

async function shownGrids({ evaluations }: RunReport): Promise<{ direction: string; image: EmbeddedImage }[]> {
  const grids = evaluations.flatMap((evaluation) => evaluation.grids);
  const images = await mapAtOnce(grids, async ({ direction, file }) => ({
    direction,
    image: await embedImage(file, { side: 1024 }),
  }));
  return images.filter((grid): grid is { direction: string; image: EmbeddedImage } => grid.image !== undefined);
}
