import type { Findings, ImageName } from '../../data/store/findings.js';
import type { PreparedStore } from '../../data/store/prepared-store.js';
import type { Domain } from '../../registry/kinds/dataset.js';
import type { Jitter } from '../../data/batches/jitter.js';
import type { RgbImage } from '../../inference/image-grid.js';
import type { Samples } from './crops.js';
import type { DataSurvey } from './data-survey.js';
import { thumbnail } from './thumbnail.js';

/** Largest side in pixels: more than most screens display, and small enough for a page that is sent by mail. */
const [SAMPLE, DUPLICATE] = [192, 192];
/** Groups of duplicates with images, images in each group, and further groups listed by name only. */
export const [SHOWN_GROUPS, IMAGES_PER_GROUP, LISTED_GROUPS] = [24, 4, 200];

/** An image on the page. */
export interface ShownImage {
  readonly name: string;
  /** A data URL of the image. */
  readonly src: string;
  /** Of the original image, in pixels. */
  readonly width: number;
  readonly height: number;
}

export interface ShownSamples {
  readonly train: readonly (ShownImage & {
    readonly crops: readonly (Omit<ShownImage, 'name'> & { readonly jitter: Jitter })[];
  })[];
  readonly test: readonly ShownImage[];
}

/** A group of equal images; the first are shown. */
export interface ShownGroup {
  readonly images: readonly (ImageName & { readonly src: string | undefined })[];
  readonly more: number;
  readonly leak: boolean;
  readonly overlap: boolean;
}

export async function showSamples(domain: Domain, samples: Samples, survey: DataSurvey): Promise<ShownSamples> {
  const show = async (image: RgbImage) => {
    const { width, height } = image;
    return { src: await thumbnail(image, SAMPLE), width, height };
  };
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

/** The groups that the page lists, duplicates between train and test first. The images of a group come from as many splits as possible. */
export function namedGroups({ duplicates }: Findings): ShownGroup[] {
  const groups = duplicates.map(({ images }) => {
    const differ = (by: (split: string) => string) => new Set(images.map(({ split }) => by(split))).size > 1;
    return { images, leak: differ((split) => split.slice(0, -1)), overlap: differ((split) => split.slice(-1)) };
  });
  const rank = ({ leak, overlap }: { leak: boolean; overlap: boolean }) => (leak ? 0 : overlap ? 1 : 2);
  return groups
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, LISTED_GROUPS)
    .map(({ images, leak, overlap }) => {
      const shown = someOfEachSplit(images);
      return {
        leak,
        overlap,
        images: shown.map((one) => ({ ...one, src: undefined })),
        more: images.length - shown.length,
      };
    });
}

/** Adds thumbnails to the first groups. */
export async function showGroups(
  groups: readonly ShownGroup[],
  store: PreparedStore,
  survey: DataSurvey,
): Promise<ShownGroup[]> {
  const shown: ShownGroup[] = [];
  for (const group of groups.slice(0, SHOWN_GROUPS)) {
    const images: ShownGroup['images'][number][] = [];
    for (const one of group.images) {
      const index = survey.indexOf(one.split, one.name);
      const src = index === undefined ? undefined : await thumbnail(await store.read(one.split, index), DUPLICATE);
      images.push({ ...one, src });
    }
    shown.push({ ...group, images });
  }
  return [...shown, ...groups.slice(SHOWN_GROUPS)];
}

/** The first image of each split, then others, in their original order. */
function someOfEachSplit(images: readonly ImageName[]): readonly ImageName[] {
  const firsts = new Set([...new Map([...images].reverse().map((one) => [one.split, one])).values()]);
  const others = images.filter((one) => !firsts.has(one)).slice(0, Math.max(0, IMAGES_PER_GROUP - firsts.size));
  const chosen = new Set([...firsts, ...others]);
  return images.filter((one) => chosen.has(one));
}
