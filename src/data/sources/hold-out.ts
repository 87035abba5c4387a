import {
  type DatasetSource,
  type Domain,
  type RequiredSplit,
  type SourceImage,
  type ValidationSplit,
} from '../../registry/kinds/dataset.js';
import { sha256 } from '../../support/hash.js';
import { orderedMap } from '../../support/ordered-map.js';
import { ProblemError } from '../../support/problem.js';
import { readErrorReason } from '../images/decode.js';
import { hashOfHalf } from '../images/half.js';
import { splitByContent, type Hashed } from './arranged/split-by-content.js';
import { splitPairs } from './arranged/split-pairs.js';
import { withoutValidation } from './without-validation.js';

export interface HoldOutOptions {
  /** `dataset.validation_share`: of each domain's training images, or of the pairs; 0 to 0.5. */
  readonly share: number;
  /** `dataset.validation_seed` */
  readonly seed: number;
}

/** Images of unknown hash that are read at once. */
const READS = 4;

/** An image, and the SHA-256 of its encoded form. */
interface HashedImage extends Hashed {
  readonly image: SourceImage;
}

interface TrainingParts {
  readonly train: readonly SourceImage[];
  readonly validation: readonly SourceImage[];
}

/**
 * Holds out a part of a source's training images for validation, instead of the source's own validation images: by the hash of seed and
 * content ({@link splitByContent}), so that names and order do not matter and copies stay together; of pairs, whole ones. At least one
 * image is held out and one stays. Unreadable images stay with training, which reports them. The source's limit applies before.
 *
 * @returns the source itself if the share is 0
 */
export function holdOut(source: DatasetSource, options: HoldOutOptions): DatasetSource {
  if (options.share === 0) return source;
  let divided: Promise<Readonly<Record<Domain, TrainingParts>>> | undefined;
  const parts = () => (divided ??= divide(source, options));
  const validation = async (split: ValidationSplit) => (await parts())[split.slice(-1) as Domain].validation;
  return {
    ...(source.paired !== undefined && { paired: source.paired }),
    identity: async () => withoutValidation(await source.identity()),
    async prepare(work) {
      await source.prepare?.(work);
      const unused = (await source.validation?.('valA')) ?? [];
      if (unused.length === 0) return;
      const text = `dataset.validation_share holds out training images; the data set’s own validation images (${unused.length} of A) are not used.`;
      work.note('warning', text);
    },
    list: async (split) =>
      split === 'trainA' || split === 'trainB' ? (await parts())[domainOf(split)].train : source.list(split),
    validation,
    hasValidation: () => Promise.resolve(true),
    ...(source.spares && {
      async spares(split) {
        // A spare that is held out would be in two parts.
        const { train } = (await parts())[domainOf(split)];
        return (await source.spares!(split))?.filter((image) => train.includes(image));
      },
    }),
    async provenance() {
      const origin = (await source.provenance?.()) ?? {};
      const by = source.paired === true ? 'pairs' : 'content';
      return { ...origin, validation: { share: options.share, seed: options.seed, by } };
    },
  };
}

async function divide(
  source: DatasetSource,
  { share, seed }: HoldOutOptions,
): Promise<Readonly<Record<Domain, TrainingParts>>> {
  const [a, b] = [await hashed(await source.list('trainA')), await hashed(await source.list('trainB'))];
  const options = { test_share: share, split_seed: seed };
  // As with drawn tests: where no two images are pairs, each domain is divided by itself.
  const pairs = source.paired === true ? splitPairs(a, b, options) : undefined;
  const parts = (domain: Domain, images: readonly HashedImage[]): TrainingParts => {
    const split = pairs?.[domain] ?? splitByContent(images, options) ?? tooFew(domain, images.length);
    return { train: split.train.map(imageOf), validation: split.test.map(imageOf) };
  };
  return { A: parts('A', a), B: parts('B', b) };
}

/** The images with their hashes; those of unknown hash are read for it. */
async function hashed(images: readonly SourceImage[]): Promise<HashedImage[]> {
  const found: HashedImage[] = [];
  for await (const hash of orderedMap(images, READS, hashOf)) {
    const image = images[found.length]!;
    found.push({ name: image.name, image, ...(hash !== undefined && { hash }) });
  }
  return found;
}

/** @returns nothing for an image that cannot be read */
async function hashOf(image: SourceImage): Promise<string | undefined> {
  if (image.hash !== undefined) return image.hash;
  try {
    return hashOfHalf(sha256(await image.read()), image.half);
  } catch (error) {
    if (readErrorReason(error) === undefined) throw error;
    return undefined;
  }
}

function imageOf({ image }: HashedImage): SourceImage {
  return image;
}

function domainOf(split: RequiredSplit): Domain {
  return split.slice(-1) as Domain;
}

function tooFew(domain: Domain, count: number): never {
  const what = count === 1 ? 'one training image' : `${count} training images, but not two different ones`;
  throw new ProblemError({
    code: 'too-few-images',
    message: `dataset.validation_share: domain ${domain} has ${what}, which cannot be divided into training and validation images.`,
    cure: 'Add images, or set dataset.validation_share: 0.',
  });
}
