import {
  SPLITS,
  type DatasetSource,
  type Domain,
  type SourceImage,
  type SourceWork,
  type Split,
} from '../../../registry/kinds/dataset.js';
import { sha256 } from '../../../support/hash.js';
import type { Json, JsonObject } from '../../../support/json.js';
import { ProblemError } from '../../../support/problem.js';
import type { FoundImages } from './find-images.js';
import { notesOf } from './source-notes.js';
import type { ImageFile } from './image-files.js';
import { splitByContent, rankOf, type SplitOptions } from './split-by-content.js';

/** What a source of files has to know: the rest is the same for all of them. */
export interface ImageOrigin {
  /** How messages start: `dataset.path`. */
  readonly label: string;
  /** Finds the images. Asked once, so that all answers follow from one look. */
  find(): Promise<FoundImages>;
  /** SHA-256 of each file's content, by name; without those that cannot be read. */
  hashes(files: readonly ImageFile[]): Promise<ReadonlyMap<string, string>>;
  read(file: ImageFile): Promise<Uint8Array>;
  /** Where it lies on this machine, if it does and that can be said in text. */
  path?(file: ImageFile): string | undefined;
}

/** Files in their splits. */
export interface ArrangedSource extends Required<Pick<DatasetSource, 'list' | 'spares'>> {
  /** Number and digest of names and contents of each split. */
  digest(): Promise<JsonObject>;
  /** Tells what is not as it may be expected: what is passed over, above all. */
  report(work: Pick<SourceWork, 'note'>): Promise<void>;
  /** How the images lie, how the split was made, and what was passed over. */
  provenance(): Promise<JsonObject>;
}

interface HashedFile extends ImageFile {
  readonly hash?: string;
}
type Splits = Readonly<Record<Split, readonly HashedFile[]>>;

/** Makes splits of a source's images: those that are given, or ones drawn from each domain by a seed. */
export function arrange(origin: ImageOrigin, options: SplitOptions, limit: number | null): ArrangedSource {
  let looked: Promise<FoundImages> | undefined;
  let arranged: Promise<Splits> | undefined;
  const found = () => (looked ??= origin.find());
  const splits = () => (arranged ??= found().then((images) => inSplits(origin, images, options, limit)));
  const images = once(async () => {
    const all = await splits();
    return new Map(SPLITS.map((split) => [split, all[split].map((file) => imageOf(origin, file))]));
  });
  return {
    list: async (split) => (await images()).get(split)!,
    async spares(split) {
      if (!('domains' in (await found())) || !split.startsWith('test')) return undefined;
      const training = (await images()).get(split === 'testA' ? 'trainA' : 'trainB')!;
      const ranked = training.flatMap((image) =>
        image.hash === undefined ? [] : [{ image, rank: rankOf(image.hash, options.split_seed) }],
      );
      return ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ image }) => image);
    },
    async digest() {
      const all = await splits();
      return Object.fromEntries(SPLITS.map((split) => [split, digestOf(all[split])]));
    },
    async report(work) {
      for (const { level, text } of notesOf(await found())) work.note(level, text);
    },
    async provenance() {
      const images = await found();
      const made = { seed: options.split_seed, test_share: options.test_share, by: 'content' };
      return {
        layout: images.layout,
        ...('domains' in images && { split: made }),
        ...(images.passedOver.count > 0 && { passed_over: images.passedOver.toJson() }),
      };
    },
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

function imageOf(origin: ImageOrigin, file: HashedFile): SourceImage {
  const path = origin.path?.(file);
  return {
    name: file.name,
    ...(file.hash !== undefined && { hash: file.hash }),
    ...(path !== undefined && { file: path }),
    read: () => origin.read(file),
  };
}

async function inSplits(
  origin: ImageOrigin,
  found: FoundImages,
  options: SplitOptions,
  limit: number | null,
): Promise<Splits> {
  const cut = <T>(files: readonly T[]) => (limit === null ? files : files.slice(0, limit));
  const given = 'splits' in found ? SPLITS.map((split) => [split, cut(found.splits[split])] as const) : [];
  const whole = 'domains' in found ? (['A', 'B'] as const).map((key) => [key, found.domains[key]] as const) : [];
  // Of given splits only what is used is read; to divide a domain, all of it must be known.
  const hashes = await origin.hashes([...given, ...whole].flatMap(([, files]) => files));
  const known = (file: ImageFile): HashedFile => ({ ...file, hash: hashes.get(file.name) });
  const parts = whole.flatMap(([domain, files]) => {
    const { train, test } = splitDomain(origin, domain, files.map(known), options);
    return [[`train${domain}`, cut(train)] as const, [`test${domain}`, cut(test)] as const];
  });
  const all = [...given.map(([split, files]) => [split, files.map(known)] as const), ...parts];
  return Object.fromEntries(all) as Record<Split, readonly HashedFile[]>;
}

function splitDomain(origin: ImageOrigin, domain: Domain, files: readonly HashedFile[], options: SplitOptions) {
  const parts = splitByContent(files, options);
  if (parts !== undefined) return parts;
  const what = files.length === 1 ? 'one image' : `${files.length} files, but not two different images`;
  throw new ProblemError({
    code: 'too-few-images',
    message: `${origin.label}: domain ${domain} has ${what}, which cannot be divided into training and test images.`,
    cure: 'Add images: training and tests need at least one each, a good translation hundreds.',
  });
}

function digestOf(files: readonly HashedFile[]): Json {
  const content = files.map(({ name, hash }) => [name, hash ?? null]);
  return { count: files.length, sha256: sha256(content) };
}
