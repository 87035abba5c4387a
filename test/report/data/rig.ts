import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { writeFindings, type Findings } from '../../../src/data/store/findings.js';
import {
  INDEX_FILE,
  IMAGES_FILE,
  splitFile,
  STORE_FORMAT,
  STORE_SPLITS,
  sumsFile,
  type BadImage,
  type GoodImage,
  type StoreIndex,
} from '../../../src/data/store/store-format.js';
import { SPLITS, type Split } from '../../../src/registry/kinds/dataset.js';
import type { JsonObject } from '../../../src/support/json.js';

export const [LOAD, SIZE] = [20, 16];

type Good = Partial<Omit<GoodImage, 'split' | 'index'>> & { readonly name: string };

export interface StoreContents {
  readonly images?: Partial<Record<Split, readonly Good[]>>;
  readonly skipped?: readonly BadImage[];
  readonly duplicates?: Findings['duplicates'];
  readonly findings?: Partial<Findings>;
  readonly source?: JsonObject;
  readonly load?: number;
  readonly size?: number;
}

/** Images whose pixels each occur only at their (x, y), index and split. */
export function pixels(split: Split, index: number, size: number): Uint8Array {
  const data = new Uint8Array(size * size * 3);
  const tint = SPLITS.indexOf(split) * 60 + index;
  for (let i = 0; i < size * size; i++) data.set([i % size, Math.floor(i / size), tint % 256], i * 3);
  return data;
}

/** A store in the form of preprocess; a split that is not given has one image, one of validation none. */
export async function storeOf(t: TestContext, contents: StoreContents): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'runner-report-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const [load, size] = [contents.load ?? LOAD, contents.size ?? SIZE];
  const lines: string[] = [];
  const splits: Record<string, unknown> = {};
  const blank = createHash('sha256').digest('hex');
  for (const split of STORE_SPLITS) splits[split] = { size, count: 0, sha256: blank, skipped: 0 };
  for (const split of SPLITS) {
    const side = split.startsWith('train') ? load : size;
    const records = contents.images?.[split] ?? (split.startsWith('val') ? [] : [{ name: `${split}/only.png` }]);
    const bad = (contents.skipped ?? []).filter((one) => one.split === split);
    const images = records.map((_, i) => pixels(split, i, side));
    const sums = Buffer.concat(images.map((data) => createHash('sha256').update(data).digest()));
    await writeFile(join(dir, splitFile(split)), Buffer.concat(images));
    await writeFile(join(dir, sumsFile(split)), sums);
    const sha256 = createHash('sha256').update(sums).digest('hex');
    splits[split] = { size: side, count: images.length, sha256, skipped: bad.length };
    const common = { hash: blank, width: 64, height: 48, format: 'png', traits: [] };
    records.forEach((one, index) =>
      lines.push(JSON.stringify({ split, index, pixels: `${split}${index}`, ...common, ...one })),
    );
    lines.push(...bad.map((one) => JSON.stringify(one)));
  }
  const index = {
    format: STORE_FORMAT,
    image_size: size,
    load_size: load,
    interpolation: 'nearest',
    decoder: '2, libvips 1.2.3',
    splits,
    pictures: blank,
    source: contents.source ?? {},
  };
  await writeFile(join(dir, INDEX_FILE), JSON.stringify(index satisfies { [K in keyof StoreIndex]: unknown }));
  await writeFile(join(dir, IMAGES_FILE), lines.map((line) => `${line}\n`).join(''));
  await writeFindings(dir, findingsOf(contents));
  return dir;
}

function findingsOf({ duplicates = [], skipped = [], findings }: StoreContents): Findings {
  const noFindings = { trainA: {}, trainB: {}, testA: {}, testB: {}, valA: {}, valB: {} };
  const reasons: Record<string, Record<string, number>> = structuredClone(noFindings);
  for (const { split, reason } of skipped) reasons[split]![reason] = (reasons[split]![reason] ?? 0) + 1;
  const across = (by: (split: string) => string) =>
    duplicates.filter(({ images }) => new Set(images.map(({ split }) => by(split))).size > 1).length;
  return {
    duplicates,
    leaks: across((split) => split.slice(0, -1)),
    overlaps: across((split) => split.slice(-1)),
    traits: noFindings,
    formats: noFindings,
    skipped: reasons as Findings['skipped'],
    ...findings,
  };
}
