import type { ReportEvaluation } from '../run-report.js';
import type { ImageEntry } from './image-entry.js';
import { ranked, scoresOf, type ImageScore } from './scores.js';
import { spread } from '../../../support/spread.js';

/** Test images of the report, over all directions. */
export const MAX_IMAGES = 500;
/** Kept from each end of each score when there are more. */
const ENDS = 12;

/** The images to embed: all, or if they are too many the extremes of each score and others at even distances. */
export function chosenImages(evaluation: ReportEvaluation, directions: readonly string[]): ImageEntry[] {
  const most = Math.floor(MAX_IMAGES / Math.max(1, directions.length));
  return directions.flatMap((direction) => {
    const own = evaluation.images.filter((image) => image.direction === direction);
    if (own.length <= most) return own;
    const chosen = new Set<ImageEntry>();
    for (const score of scoresOf(evaluation, direction)) {
      const order = ranked(own, score);
      for (const image of [...order.slice(0, ENDS), ...order.slice(-ENDS)]) chosen.add(image);
    }
    for (const image of spread(own, most)) if (chosen.size < most) chosen.add(image);
    return own.filter((image) => chosen.has(image));
  });
}

/** A list of extremes by one score. */
export interface RankedList {
  readonly title: string;
  readonly note: string;
  readonly score: ImageScore;
  readonly images: readonly ImageEntry[];
}

/** The worst images of a direction, a list for each kind of score that says something about a translation. */
export function worstLists(evaluation: ReportEvaluation, direction: string, count: number): RankedList[] {
  const own = evaluation.images.filter((image) => image.direction === direction);
  const scores = scoresOf(evaluation, direction);
  // One of each kind: PSNR and SSIM would show the same images.
  const first = scores.filter((score, i) => scores.findIndex(({ kind }) => kind === score.kind) === i);
  return first.flatMap((score) => {
    const text = WORST[score.kind];
    if (text === undefined) return [];
    const scored = ranked(own, score).filter(({ scores }) => Number.isFinite(scores[score.name]));
    // Half of them at most: the others would be the best ones.
    const worst = scored.reverse().slice(0, Math.min(count, Math.ceil(scored.length / 2)));
    return worst.length === 0 ? [] : [{ ...text, score, images: worst }];
  });
}

const WORST: Readonly<Partial<Record<ImageScore['kind'], { title: string; note: string }>>> = {
  truth: { title: 'Farthest from the truth', note: 'the translation differs most from the true one' },
  features: { title: 'Least like the target domain', note: 'by features, farthest from the real images' },
  consistency: { title: 'Highest cycle error', note: 'translated back, they differ most from themselves' },
};

/** The images at the top of the report: the best by truth or features, otherwise some at even distances, as no other score says "good". */
export function shownFirst(
  evaluation: ReportEvaluation,
  direction: string,
  count: number,
): { readonly images: readonly ImageEntry[]; readonly by: ImageScore | undefined } {
  const own = evaluation.images.filter((image) => image.direction === direction);
  const by = scoresOf(evaluation, direction).find(({ kind }) => kind === 'truth' || kind === 'features');
  return { by, images: by === undefined ? spread(own, count) : ranked(own, by).slice(0, count) };
}
