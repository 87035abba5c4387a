import { type DatasetSource, type SourceImage, type Split } from '../../registry/kinds/dataset.js';
import { orderedMap } from '../../support/ordered-map.js';
import { sortByName } from '../sources/arranged/file-order.js';

/** With more test images, a bad one matters little: it is skipped like any other. */
const FEW = 50;

type Lists = ReadonlyMap<Split, readonly SourceImage[]>;

/** The bad ones among the drawn test images of a split, and the images that replace them. */
export interface Replaced {
  readonly split: Split;
  readonly bad: readonly string[];
  readonly by: readonly string[];
}

/**
 * Replaces bad test images where a source drew few of them: the next images in its order become test images, and the bad ones become
 * training images, which reports and skips them. This depends on the images' content only, so it does not enter an identity.
 *
 * @param isGood whether an image can be decoded @param width images checked at once
 */
export async function replaceBadTests(
  lists: Lists,
  source: Pick<DatasetSource, 'spares'>,
  isGood: (image: SourceImage) => Promise<boolean>,
  width: number,
): Promise<{ readonly lists: Lists; readonly replaced: readonly Replaced[] }> {
  const settled = new Map(lists);
  const replaced: Replaced[] = [];
  for (const [train, test] of [
    ['trainA', 'testA'],
    ['trainB', 'testB'],
  ] as const) {
    // prettier-ignore
    const tests = lists.get(test) ?? [];
    const spares = tests.length > FEW ? undefined : await source.spares?.(test);
    const bad = spares === undefined ? [] : await findBad(tests, isGood, width);
    if (spares === undefined || bad.length === 0) continue;
    const chosen = await takeGood(spares, bad.length, isGood);
    if (chosen.length === 0) continue;
    const rest = (lists.get(train) ?? []).filter((image) => !chosen.includes(image));
    settled.set(test, byName([...tests.filter((image) => !bad.includes(image)), ...chosen]));
    settled.set(train, byName([...rest, ...bad]));
    replaced.push({ split: test, bad: names(bad), by: names(chosen) });
  }
  return { lists: settled, replaced };
}

async function findBad(
  images: readonly SourceImage[],
  isGood: (image: SourceImage) => Promise<boolean>,
  width: number,
): Promise<SourceImage[]> {
  const bad: SourceImage[] = [];
  let i = 0;
  for await (const isImageGood of orderedMap(images, width, isGood)) {
    const image = images[i++]!;
    if (!isImageGood) bad.push(image);
  }
  return bad;
}

/** The first `count` different good images, with their copies; at least one good image stays for training. */
async function takeGood(
  spares: readonly SourceImage[],
  count: number,
  isGood: (image: SourceImage) => Promise<boolean>,
): Promise<SourceImage[]> {
  const contents = [...new Set(spares.map(({ hash }) => hash))];
  const good: (string | undefined)[] = [];
  for (const hash of contents) {
    if (good.length > count) break;
    if (await isGood(spares.find((image) => image.hash === hash)!)) good.push(hash);
  }
  const taken = new Set(good.slice(0, Math.min(count, good.length - 1)));
  return spares.filter(({ hash }) => taken.has(hash));
}

function byName(images: readonly SourceImage[]): SourceImage[] {
  return sortByName([...images]);
}

function names(images: readonly SourceImage[]): string[] {
  return images.map(({ name }) => name);
}
