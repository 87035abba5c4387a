import type { Findings, ImageName } from '../../data/store/findings.js';
import type { PreparedStore } from '../../data/store/prepared-store.js';
import type { Domain } from '../../registry/kinds/dataset.js';
import type { Jitter } from '../../data/batches/jitter.js';
import type { RgbImage } from '../../inference/image-grid.js';
import type { Samples } from './crops.js';
import type { DataSurvey } from './data-survey.js';
import { thumbnail } from './thumbnail.js';

/** Pixels a side at most: more than most screens show them at, little enough for a page that can be mailed. */
const [SAMPLE, TWIN] = [192, 192];
/** Same images that are shown, how many of one kind, and how many more are named. */
export const [GROUPS, OF_A_GROUP, GROUPS_NAMED] = [24, 4, 200];

/** An image on the page. */
export interface Shown {
  readonly name: string;
  /** An address that holds the image. */
  readonly src: string;
  /** Side in pixels of the image itself. */
  readonly size: number;
}

export interface ShownSamples {
  readonly train: readonly (Shown & {
    readonly crops: readonly (Omit<Shown, 'name'> & { readonly jitter: Jitter })[];
  })[];
  readonly test: readonly Shown[];
}

/** Images that are the same, of which the first are shown. */
export interface ShownGroup {
  readonly images: readonly (ImageName & { readonly src: string | undefined })[];
  readonly more: number;
  readonly leak: boolean;
  readonly overlap: boolean;
}

export async function showSamples(domain: Domain, samples: Samples, survey: DataSurvey): Promise<ShownSamples> {
  const show = async (image: RgbImage) => ({ src: await thumbnail(image, SAMPLE), size: image.width });
  const train = samples.train.map(async ({ index, prepared, crops }) => ({
    name: survey.nameOf(`train${domain}`, index),
    ...(await show(prepared)),
    crops: await Promise.all(crops.map(async ({ jitter, image }) => ({ jitter, ...(await show(image)) }))),
  }));
  const test = samples.test.map(async ({ index, image }) => ({
    name: survey.nameOf(`test${domain}`, index),
    ...(await show(image)),
  }));
  return { train: await Promise.all(train), test: await Promise.all(test) };
}

/** The groups that the page names, those between train and test first. Of a group, images of as many splits as there are. */
export function namedGroups({ duplicates }: Findings): ShownGroup[] {
  const groups = duplicates.map(({ images }) => {
    const kinds = (by: (split: string) => string) => new Set(images.map(({ split }) => by(split))).size > 1;
    return { images, leak: kinds((split) => split.slice(0, -1)), overlap: kinds((split) => split.slice(-1)) };
  });
  const rank = ({ leak, overlap }: { leak: boolean; overlap: boolean }) => (leak ? 0 : overlap ? 1 : 2);
  return groups
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, GROUPS_NAMED)
    .map(({ images, leak, overlap }) => {
      const shown = someOfEach(images);
      return {
        leak,
        overlap,
        images: shown.map((one) => ({ ...one, src: undefined })),
        more: images.length - shown.length,
      };
    });
}

/** The images of the first groups, as images. */
export async function showGroups(
  groups: readonly ShownGroup[],
  store: PreparedStore,
  survey: DataSurvey,
): Promise<ShownGroup[]> {
  const shown: ShownGroup[] = [];
  for (const group of groups.slice(0, GROUPS)) {
    const images: ShownGroup['images'][number][] = [];
    for (const one of group.images) {
      const index = survey.indexOf(one.split, one.name);
      const src = index === undefined ? undefined : await thumbnail(await store.read(one.split, index), TWIN);
      images.push({ ...one, src });
    }
    shown.push({ ...group, images });
  }
  return [...shown, ...groups.slice(GROUPS)];
}

/** The first image of each split, then others, in the order they came. */
function someOfEach(images: readonly ImageName[]): readonly ImageName[] {
  const firsts = new Set([...new Map([...images].reverse().map((one) => [one.split, one])).values()]);
  const others = images.filter((one) => !firsts.has(one)).slice(0, Math.max(0, OF_A_GROUP - firsts.size));
  const chosen = new Set([...firsts, ...others]);
  return images.filter((one) => chosen.has(one));
}
