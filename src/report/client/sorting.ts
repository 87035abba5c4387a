import type { TestData, TestImageData } from './page-data.js';

/** An order of the test images. */
export interface Order {
  readonly text: string;
  /** Index into the scores; undefined for the order of the data set. */
  readonly score: number | undefined;
  readonly first: 'worst' | 'best';
}

export function ordersOf({ scores }: TestData): Order[] {
  return [
    { text: 'data set', score: undefined, first: 'best' },
    ...scores.flatMap(({ name }, score): Order[] => [
      { text: `${name}, worst first`, score, first: 'worst' },
      { text: `${name}, best first`, score, first: 'best' },
    ]),
  ];
}

/** Images without the score come last. */
export function sorted({ images, scores }: TestData, { score, first }: Order): readonly TestImageData[] {
  if (score === undefined) return images;
  const sign = (scores[score]!.better === 'lower') === (first === 'best') ? 1 : -1;
  const known = (image: TestImageData) => image.scores[score] !== null && !Number.isNaN(Number(image.scores[score]));
  const value = (image: TestImageData) => Number(image.scores[score]);
  const ordered = images.filter(known).sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    return x === y ? 0 : sign * (x < y ? -1 : 1);
  });
  return [...ordered, ...images.filter((image) => !known(image))];
}
