import type { ReportEvaluation, ReportValue } from '../run-report.js';
import type { ImageEntry } from './image-entry.js';

/** A score by which test images can be sorted. */
export interface ImageScore {
  readonly name: string;
  readonly better: 'higher' | 'lower';
  /** What it says of a translation. */
  readonly kind: 'truth' | 'features' | 'consistency' | 'other';
}

/** The scores that images of a direction have, those that say most about a translation first. */
export function scoresOf({ checkpoints, images }: ReportEvaluation, direction: string): ImageScore[] {
  const own = images.filter((image) => image.direction === direction);
  const names = [...new Set(own.flatMap(({ scores }) => Object.keys(scores)))];
  const values = checkpoints[0]?.metrics[direction] ?? {};
  const scores = names.map((name) => ({ name, better: betterOf(name, values), kind: kindOf(name) }));
  return scores.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

const ORDER = ['truth', 'features', 'consistency', 'other'] as const;

function kindOf(name: string): ImageScore['kind'] {
  if (/^(psnr|ssim|lpips)\b/.test(name)) return 'truth';
  // Of precision and recall: the distance to the nearest real image.
  if (/nearest-target|distance/.test(name)) return 'features';
  return name === 'cycle-error' ? 'consistency' : 'other';
}

/** The value of single images may have a label of its own: `pr-.../nearest-target`; distances and errors are better if lower. */
function betterOf(name: string, values: Readonly<Record<string, ReportValue>>): 'higher' | 'lower' {
  return values[name]?.better ?? 'lower';
}

/** The images from the best to the worst by a score; those without it, or whose score is not a number, come last. */
export function ranked(images: readonly ImageEntry[], { name, better }: ImageScore): ImageEntry[] {
  const sign = better === 'higher' ? -1 : 1;
  const key = ({ scores }: ImageEntry) => {
    const score = scores[name];
    return score === undefined || Number.isNaN(score) ? Infinity : sign * score;
  };
  // Infinity - Infinity is not a number.
  return [...images].sort((a, b) => (key(a) === key(b) ? a.index - b.index : key(a) < key(b) ? -1 : 1));
}
