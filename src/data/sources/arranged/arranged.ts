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
import type { Found } from './find.js';
import { notesOf } from './notes.js';
import type { PictureFile } from './picture-files.js';
import { divide, rankOf, type SplitOptions } from './split.js';

/** What a source of files has to know: the rest is the same for all of them. */
export interface Pictured {
  /** How messages start: `dataset.path`. */
  readonly label: string;
  /** Finds the pictures. Asked once, so that all answers follow from one look. */
  find(): Promise<Found>;
  /** SHA-256 of each file's content, by name; without those that cannot be read. */
  hashes(files: readonly PictureFile[]): Promise<ReadonlyMap<string, string>>;
  read(file: PictureFile): Promise<Uint8Array>;
  /** Where it lies on this machine, if it does and that can be said in text. */
  path?(file: PictureFile): string | undefined;
}

/** Files in their splits. */
export interface ArrangedSource extends Required<Pick<DatasetSource, 'list' | 'spares'>> {
  /** Number and digest of names and contents of each split. */
  digest(): Promise<JsonObject>;
  /** Tells what is not as it may be expected: what is passed over, above all. */
  report(work: Pick<SourceWork, 'note'>): Promise<void>;
  /** How the pictures lie, how the split was made, and what was passed over. */
  provenance(): Promise<JsonObject>;
}

interface Known extends PictureFile {
  readonly hash?: string;
}
type Splits = Readonly<Record<Split, readonly Known[]>>;

/** Makes splits of a source's pictures: those that are given, or ones drawn from each domain by a seed. */
export function arrange(pictured: Pictured, options: SplitOptions, limit: number | null): ArrangedSource {
  let looked: Promise<Found> | undefined;
  let arranged: Promise<Splits> | undefined;
  const found = () => (looked ??= pictured.find());
  const splits = () => (arranged ??= found().then((pictures) => inSplits(pictured, pictures, options, limit)));
  const images = once(async () => {
    const all = await splits();
    return new Map(SPLITS.map((split) => [split, all[split].map((file) => imageOf(pictured, file))]));
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
      const pictures = await found();
      const made = { seed: options.split_seed, test_share: options.test_share, by: 'content' };
      return {
        layout: pictures.layout,
        ...('domains' in pictures && { split: made }),
        ...(pictures.passedOver.count > 0 && { passed_over: pictures.passedOver.toJson() }),
      };
    },
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

function imageOf(pictured: Pictured, file: Known): SourceImage {
  const path = pictured.path?.(file);
  return {
    name: file.name,
    ...(file.hash !== undefined && { hash: file.hash }),
    ...(path !== undefined && { file: path }),
    read: () => pictured.read(file),
  };
}

async function inSplits(
  pictured: Pictured,
  found: Found,
  options: SplitOptions,
  limit: number | null,
): Promise<Splits> {
  const cut = <T>(files: readonly T[]) => (limit === null ? files : files.slice(0, limit));
  const given = 'splits' in found ? SPLITS.map((split) => [split, cut(found.splits[split])] as const) : [];
  const whole = 'domains' in found ? (['A', 'B'] as const).map((key) => [key, found.domains[key]] as const) : [];
  // Of given splits only what is used is read; to divide a domain, all of it must be known.
  const hashes = await pictured.hashes([...given, ...whole].flatMap(([, files]) => files));
  const known = (file: PictureFile): Known => ({ ...file, hash: hashes.get(file.name) });
  const parts = whole.flatMap(([domain, files]) => {
    const { train, test } = divided(pictured, domain, files.map(known), options);
    return [[`train${domain}`, cut(train)] as const, [`test${domain}`, cut(test)] as const];
  });
  const all = [...given.map(([split, files]) => [split, files.map(known)] as const), ...parts];
  return Object.fromEntries(all) as Record<Split, readonly Known[]>;
}

function divided(pictured: Pictured, domain: Domain, files: readonly Known[], options: SplitOptions) {
  const parts = divide(files, options);
  if (parts !== undefined) return parts;
  const what = files.length === 1 ? 'one picture' : `${files.length} files, but not two different pictures`;
  throw new ProblemError({
    code: 'too-few-pictures',
    message: `${pictured.label}: domain ${domain} has ${what}, which cannot be divided into training and test pictures.`,
    cure: 'Add pictures: training and tests need at least one each, a good translation hundreds.',
  });
}

function digestOf(files: readonly Known[]): Json {
  const content = files.map(({ name, hash }) => [name, hash ?? null]);
  return { count: files.length, sha256: sha256(content) };
}
