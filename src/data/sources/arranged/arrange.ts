import { createHash } from 'node:crypto';
import {
  REQUIRED_SPLITS,
  VALIDATION_SPLITS,
  type DatasetSource,
  type Domain,
  type RequiredSplit,
  type SourceImage,
  type SourceWork,
  type ValidationSplit,
} from '../../../registry/kinds/dataset.js';
import { canonicalJson, type Json, type JsonObject } from '../../../support/json.js';
import { ProblemError } from '../../../support/problem.js';
import type { ContentHashes, HashColumn } from '../content-hashes.js';
import type { FoundImages } from './find-images.js';
import { notesOf } from './source-notes.js';
import type { ImageFile } from './image-files.js';
import type { DrawOptions } from './arrange-options.js';
import { splitPairs } from './split-pairs.js';
import { splitByContent, rankOf, type SplitOptions } from './split-by-content.js';

/** The operations that differ between sources of files. */
export interface ImageOrigin {
  /** The start of messages: `dataset.path`. */
  readonly label: string;
  /** Finds the images. Called once, so that all results come from one snapshot. */
  find(): Promise<FoundImages>;
  /** SHA-256 of each file's content, by name; without unreadable files. */
  hashes(files: readonly ImageFile[]): Promise<ContentHashes>;
  read(file: ImageFile): Promise<Uint8Array>;
  /** The local path, if there is one and it is valid text. */
  path?(file: ImageFile): string | undefined;
}

/** A source of files in splits. */
export interface ArrangedSource extends Required<Pick<DatasetSource, 'list' | 'spares' | 'validation'>> {
  /** The number of files and a hash of the names and contents of each split; of validation images under `validation`. */
  digest(): Promise<JsonObject>;
  /** Whether it has validation images; needs no hashes. */
  hasValidation(): Promise<boolean>;
  /** Reports unexpected files, above all ignored ones. */
  report(work: Pick<SourceWork, 'note'>): Promise<void>;
  /** The layout, how the split was drawn, and the ignored files. */
  provenance(): Promise<JsonObject>;
}

type Splits = Readonly<Record<RequiredSplit, readonly SourceImage[]>> &
  Readonly<Partial<Record<ValidationSplit, readonly SourceImage[]>>>;

/** Arranges a source's images in splits: the given ones, or splits drawn from each domain by a seed. */
export function arrange(origin: ImageOrigin, options: DrawOptions, limit: number | null): ArrangedSource {
  let foundImages: Promise<FoundImages> | undefined;
  let arranged: Promise<Splits> | undefined;
  const found = () => (foundImages ??= origin.find());
  const splits = () => (arranged ??= found().then((images) => inSplits(origin, images, options, limit)));
  return {
    list: async (split) => (await splits())[split],
    validation: async (split) => (await splits())[split] ?? [],
    hasValidation: async () => (await found()).validation !== undefined,
    async spares(split) {
      // A spare would leave its partner behind.
      if (options.paired === true) return undefined;
      if (!('domains' in (await found())) || !split.startsWith('test')) return undefined;
      const training = (await splits())[split === 'testA' ? 'trainA' : 'trainB'];
      const ranked = training.flatMap((image) =>
        image.hash === undefined ? [] : [{ image, rank: rankOf(image.hash, options.split_seed) }],
      );
      return ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ image }) => image);
    },
    async digest() {
      const all = await splits();
      const { valA, valB } = all;
      return {
        ...Object.fromEntries(REQUIRED_SPLITS.map((split) => [split, digestOf(all[split])])),
        ...(valA && valB && { validation: { valA: digestOf(valA), valB: digestOf(valB) } }),
      };
    },
    async report(work) {
      for (const { level, text } of notesOf(await found())) work.note(level, text);
    },
    async provenance() {
      const images = await found();
      const drawn = {
        seed: options.split_seed,
        test_share: options.test_share,
        by: options.paired === true ? 'pairs' : 'content',
      };
      return {
        layout: images.layout,
        ...('domains' in images && { split: drawn }),
        ...(images.passedOver.count > 0 && { passed_over: images.passedOver.toJson() }),
      };
    },
  };
}

/** An image of a source of files. Of a hundred thousand, each has only what no other has: its path and the text of its hash are made when needed. */
class ArrangedImage implements SourceImage {
  readonly #origin: ImageOrigin;
  readonly #file: ImageFile;
  readonly #hashes: HashColumn;
  readonly #index: number | undefined;

  /** @param index of its hash; undefined for an unreadable file */
  constructor(origin: ImageOrigin, file: ImageFile, hashes: HashColumn, index: number | undefined) {
    this.#origin = origin;
    this.#file = file;
    this.#hashes = hashes;
    this.#index = index;
  }

  get name(): string {
    return this.#file.name;
  }

  get hash(): string | undefined {
    return this.#index === undefined ? undefined : this.#hashes.get(this.#index);
  }

  get file(): string | undefined {
    return this.#origin.path?.(this.#file);
  }

  read(): Promise<Uint8Array> {
    return this.#origin.read(this.#file);
  }
}

async function inSplits(
  origin: ImageOrigin,
  found: FoundImages,
  options: DrawOptions,
  limit: number | null,
): Promise<Splits> {
  const limited = <T>(files: readonly T[]) => (limit === null ? files : files.slice(0, limit));
  const { validation } = found;
  const ofParts =
    'splits' in found ? REQUIRED_SPLITS.map((split) => [split, limited(found.splits[split])] as const) : [];
  const ofValidation = validation
    ? VALIDATION_SPLITS.map((split) => [split, limited(validation[split.slice(-1) as Domain])] as const)
    : [];
  const given = [...ofParts, ...ofValidation];
  const whole = 'domains' in found ? (['A', 'B'] as const).map((key) => [key, found.domains[key]] as const) : [];
  // Given splits need only the used files hashed; to split a domain, all of its files are needed.
  const hashes = await origin.hashes([...given, ...whole].flatMap(([, files]) => files));
  const known = (file: ImageFile) => new ArrangedImage(origin, file, hashes.column, hashes.indexOf(file.name));
  const drawn = whole.map(([domain, files]) => [domain, files.map(known)] as const);
  const [inA, inB] = drawn.map(([, images]) => images);
  // Where no two images have the same name, each domain is divided by itself, and training says that there are no pairs.
  const pairs = options.paired === true && inA && inB ? splitPairs(inA, inB, options) : undefined;
  const parts = drawn.flatMap(([domain, images]) => {
    const { train, test } = pairs?.[domain] ?? splitDomain(origin, domain, images, options);
    return [[`train${domain}`, limited(train)] as const, [`test${domain}`, limited(test)] as const];
  });
  const all = [...given.map(([split, files]) => [split, files.map(known)] as const), ...parts];
  return Object.fromEntries(all) as unknown as Splits;
}

function splitDomain(origin: ImageOrigin, domain: Domain, images: readonly ArrangedImage[], options: SplitOptions) {
  const parts = splitByContent(images, options);
  if (parts !== undefined) return parts;
  // A single picture, from whose crops a translation is learnt, is also what is translated.
  if (images.length === 1) return { train: images, test: images };
  const what = `${images.length} files, but not two different images`;
  throw new ProblemError({
    code: 'too-few-images',
    message: `${origin.label}: domain ${domain} has ${what}, which cannot be divided into training and test images.`,
    cure: 'Add images: training and tests need at least one each, a good translation hundreds.',
  });
}

/** SHA-256 of the canonical JSON of names and hashes, which is never in memory as a whole. */
function digestOf(images: readonly SourceImage[]): Json {
  const digest = createHash('sha256');
  images.forEach(({ name, hash }, i) => {
    digest.update(`${i === 0 ? '[' : ','}${canonicalJson([name, hash ?? null])}`);
  });
  digest.update(images.length === 0 ? '[]' : ']');
  return { count: images.length, sha256: digest.digest('hex') };
}
