import type { Scalar } from '../../../src/support/json.js';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import sharp from 'sharp';
import { writeGrid } from '../../../src/inference/image-grid.js';
import { compareValues } from '../../../src/sweep/ranking-order.js';
import type { SweepSummary, TrialSummary } from '../../../src/sweep/summary/sweep-summary.js';

type Made = Partial<Omit<TrialSummary, 'params'>> & { readonly params: Readonly<Record<string, Scalar>> };

/** The summary of a sweep with trials numbered from 1, ranked by psnr, with plausible defaults. */
export function sweep(trials: readonly Made[], changes: Partial<SweepSummary> = {}): SweepSummary {
  const all = trials.map((made, index) => trial(index + 1, made));
  const paths = [...new Set(trials.flatMap(({ params }) => Object.keys(params)))];
  return {
    name: 'toy,lambda-1234abcd',
    dir: '/runs/sweeps/toy,lambda-1234abcd',
    created: '2026-01-02T03:04:05.000Z',
    command: ['runner', 'sweep', 'toy.yaml', '--set', "name=it's me"],
    metric: { name: 'psnr', better: 'higher', unit: 'dB' },
    axes: paths.map((path) => ({
      path,
      label: path.split('.').at(-1)!,
      values: [...new Set(all.map(({ params }) => params[path]!))],
    })),
    metrics: [...new Set(all.flatMap(({ metrics }) => Object.keys(metrics)))],
    rungs: [],
    trials: all,
    ranking: [...all].sort((a, b) => compareValues(a.value, b.value, 'higher') || a.id - b.id),
    ...changes,
  };
}

function trial(id: number, { params, ...made }: Made): TrialSummary {
  const value = made.value ?? null;
  const label = Object.entries(params).map(([path, one]) => `${path.split('.').at(-1)}=${String(one)}`);
  return {
    id,
    label: label.join(', '),
    params,
    state: 'done',
    run: `toy-${id}`,
    runDir: `/runs/toy-${id}`,
    metrics: value === null ? {} : { psnr: value, 'AtoB/psnr': value - 1, 'BtoA/psnr': value + 1 },
    value,
    seconds: 61.2,
    problem: null,
    images: {},
    ...made,
  };
}

/** A folder removed after the test. */
export async function folder(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'sweep-page-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** An image of one colour. */
export type Colour = readonly [number, number, number];

/** Writes a grid as evaluation does: one row per test image, each of one colour. */
export async function grid(file: string, rows: readonly (readonly Colour[])[], size = 64): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  const image = (colour: Colour) => ({
    width: size,
    height: size,
    data: Uint8Array.from({ length: size * size * 3 }, (_, i) => colour[i % 3]!),
  });
  await writeGrid(
    file,
    rows.map((row) => row.map(image)),
  );
  return file;
}

/** The colours of a strip's images from left to right, rounded because the file is lossy. */
export async function coloursOf(address: string, count: number): Promise<number[][]> {
  const bytes = Buffer.from(address.slice(address.indexOf(',') + 1), 'base64');
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return Array.from({ length: count }, (_, i) => {
    const x = Math.floor(((i + 0.5) / count) * info.width);
    const at = (Math.floor(info.height / 2) * info.width + x) * info.channels;
    return [...data.subarray(at, at + 3)].map((sample) => Math.round(sample / 20) * 20);
  });
}

/** Three weights, each with three seeds. */
export const LAMBDAS = [1, 10, 100].flatMap((lambda) =>
  [42, 43, 44].map((seed) => ({ params: { 'loss.lambda': lambda, seed }, value: 10 + lambda / 20 + (seed - 43) })),
);
