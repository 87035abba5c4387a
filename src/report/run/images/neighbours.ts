import type { ReportEvaluation } from '../run-report.js';
import type { ImageEntry } from './image-entry.js';

/** A translation with the training image that it resembles most; the file is an absolute path. */
export interface Neighbour {
  readonly image: ImageEntry;
  readonly distance: number;
  readonly name: string;
  readonly file: string;
}

/** The translations that are closest to a training image, by one score. */
export interface NeighbourList {
  readonly score: string;
  /** The mean distance of held-out real images, if it is known. */
  readonly real: number | null;
  /** How many training images were looked through, if it is known. */
  readonly among: number | null;
  readonly neighbours: readonly Neighbour[];
}

/** The closest translations of a direction, a list for each score that looks for training images. */
export function neighbourLists(
  { checkpoints, images, step }: ReportEvaluation,
  direction: string,
  count: number,
): NeighbourList[] {
  const own = images.filter((image) => image.direction === direction);
  const scores = [...new Set(own.flatMap(({ nearest }) => Object.keys(nearest ?? {})))];
  const chosen = checkpoints.find((checkpoint) => checkpoint.step === step) ?? checkpoints[0];
  return scores.flatMap((score) => {
    const neighbours = own
      .flatMap((image) => neighbourOf(image, score))
      .sort((a, b) => a.distance - b.distance || a.image.index - b.image.index)
      .slice(0, count);
    if (neighbours.length === 0) return [];
    const { real = null, referenceCount: among = null } = chosen?.metrics[direction]?.[score] ?? {};
    return [{ score, real, among, neighbours }];
  });
}

function neighbourOf(image: ImageEntry, score: string): Neighbour[] {
  const distance = image.scores[score];
  const { name, file } = image.nearest?.[score] ?? {};
  if (name === undefined || file === undefined || distance === undefined || !Number.isFinite(distance)) return [];
  return [{ image, distance, name, file }];
}
