import type { Reference } from '../../registry/config.js';
import type { MetricComponent, MetricValue } from '../../registry/kinds/metric.js';
import { featureMetric } from '../feature-metric.js';
import { shareInterval } from '../share-interval.js';
import { EXTRACTOR } from './extractor-option.js';
import { distances, type Rows } from './rows.js';

export interface PrecisionRecallOptions {
  readonly extractor: Reference;
  readonly neighbours: number;
}

export const precisionRecall: MetricComponent<PrecisionRecallOptions> = {
  summary:
    'Precision: the share of translations that look like a target. Recall: the share of targets that look like a translation.',
  details:
    'Kynkäänniemi et al. 2019, equations 1 and 2: an image looks like a set if its features lie within the distance of one of the set’s images to its third nearest neighbour (`neighbours`). Both from 0 to 1, higher is better; both depend on the numbers of images, so compare only numbers over equally many. For single images, the distance to the features of the nearest real target (`nearest-target`).',
  schema: {
    properties: {
      extractor: EXTRACTOR,
      neighbours: {
        description: 'The nearest neighbour whose distance is the reach of an image; the paper’s k.',
        type: 'integer',
        minimum: 1,
        maximum: 1000,
        default: 3,
      },
    },
  },
  create: ({ extractor, neighbours }) =>
    featureMetric(
      {
        better: 'higher',
        label: 'pr',
        parts: ['precision', 'recall'],
        imageLabel: 'nearest-target',
        needs: { targets: true, images: neighbours + 1, extractor },
      },
      async ({ translated, targets }) => {
        const { precision, recall, nearest } = await precisionRecallOf(translated, targets, neighbours);
        return { values: { precision, recall }, perImage: nearest };
      },
    ),
};

/**
 * Not numbers if a set has too few images for `neighbours`. The intervals are those of shares (Wilson), over the images that are
 * judged, with the set that judges them as it is: in a resample with copies, nearest neighbours would be the copies.
 *
 * @returns also the distance of each translation to its nearest target
 */
export async function precisionRecallOf(
  translated: Rows,
  targets: Rows,
  neighbours: number,
): Promise<{ readonly precision: MetricValue; readonly recall: MetricValue; readonly nearest: number[] }> {
  const [n, m] = [translated.count, targets.count];
  const across = await distances(translated, targets);
  const [reachOfTranslated, reachOfTargets] = [
    await reaches(translated, neighbours),
    await reaches(targets, neighbours),
  ];
  const precise = shareOf(n, (i) => reachOfTargets.some((reach, j) => across[i * m + j]! <= reach));
  const recalled = shareOf(m, (j) => reachOfTranslated.some((reach, i) => across[i * m + j]! <= reach));
  const enough = n > neighbours && m > neighbours;
  return {
    precision: enough ? share(precise, n) : { value: NaN, count: n },
    recall: enough ? share(recalled, m, n) : { value: NaN, count: n },
    nearest: Array.from({ length: n }, (_, i) =>
      across.subarray(i * m, (i + 1) * m).reduce((a, b) => Math.min(a, b), Infinity),
    ),
  };
}

function share(value: number, judged: number, count = judged): MetricValue {
  return { value, count, interval: shareInterval(value, judged) };
}

function shareOf(count: number, isIn: (index: number) => boolean): number {
  let members = 0;
  for (let index = 0; index < count; index++) if (isIn(index)) members += 1;
  return members / count;
}

/** The distance of each row to its k-th nearest other row. */
async function reaches(rows: Rows, k: number): Promise<Float64Array> {
  const all = await distances(rows, rows);
  return Float64Array.from({ length: rows.count }, (_, i) => {
    const own = all.slice(i * rows.count, (i + 1) * rows.count);
    own[i] = Infinity;
    return own.sort()[k - 1]!;
  });
}
