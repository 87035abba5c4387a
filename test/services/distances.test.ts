import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { frechetDistanceOf } from '../../src/evaluation/metrics/frechet-distance.js';
import { kernelDistanceOf } from '../../src/evaluation/metrics/kernel-distance.js';
import { laplacianPyramid } from '../../src/evaluation/metrics/laplacian-pyramid.js';
import { nearestOf } from '../../src/evaluation/metrics/nearest-neighbours.js';
import { precisionRecallOf } from '../../src/evaluation/metrics/precision-recall.js';
import { wasserstein } from '../../src/evaluation/metrics/wasserstein.js';
import type { Features } from '../../src/registry/kinds/metric.js';
import { randomFeatures, rowOf } from '../evaluation/metrics/features.js';
import { runPython } from './python.js';

before(() => loadTensorFlow());

interface Distances {
  readonly kernel: number;
  readonly frechet: number;
  readonly precision: number;
  readonly recall: number;
  readonly wasserstein: number;
  readonly nearest: { readonly distances: readonly number[]; readonly rows: readonly number[] };
  readonly pyramid: readonly (readonly (readonly number[])[])[];
}

/** Grey, 48x48. */
const IMAGE = Array.from({ length: 48 }, (_, y) =>
  Array.from({ length: 48 }, (_, x) => Math.sin(0.3 * x + 0.2 * y) + 0.3 * Math.sin(1.7 * x * y)),
);

function established(x: Features, y: Features, subsets: number): Distances {
  const rows = (features: Features) => Array.from({ length: features.count }, (_, i) => rowOf(features, i));
  const dir = mkdtempSync(join(tmpdir(), 'distances-'));
  try {
    const file = join(dir, 'given.json');
    writeFileSync(
      file,
      JSON.stringify({ subsets, x: rows(x), y: rows(y), a: [...x.values], b: [...y.values], image: IMAGE }),
    );
    return runPython<Distances>('distances.py', file);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** @param bound of the difference, as a share of the expected value */
function near(found: number, expected: number, bound: number, what: string): void {
  const difference = Math.abs(found - expected) / Math.abs(expected);
  console.log(`${what}: ${found}, established ${expected}, relative difference ${difference.toExponential(1)}`);
  assert.ok(difference < bound, `${what}: ${found}, expected ${expected}`);
}

for (const [name, n, m, width] of [
  ['fewer images than features', 120, 120, 1280],
  ['sets of different sizes', 120, 140, 1280],
  ['more images than features', 150, 150, 30],
] as const) {
  describe(`of ${name}`, () => {
    const x = randomFeatures('x', n, width, { shift: 0.5, spread: 0.6 });
    const y = randomFeatures('y', m, width, { shift: 0.45, spread: 0.62 });
    const subsets = n === m ? 1 : 1000;
    let expected: Distances;
    before(() => (expected = established(x, y, subsets)));

    test('the kernel distance is that of clean-fid, with equally many images exactly, else up to the draw of subsets', async () => {
      const { value } = await kernelDistanceOf(x, y, { subsets, subset_size: 1000 });
      near(value, expected.kernel, n === m ? 1e-4 : 0.01, 'kernel distance');
    });

    test('the Fréchet distance is that of torch-fidelity', async () => {
      near((await frechetDistanceOf(x, y)).value, expected.frechet, 5e-5, 'Fréchet distance');
    });

    test('precision and recall are those of torch-fidelity', async () => {
      const { precision, recall } = await precisionRecallOf(x, y, 3);
      near(precision.value, expected.precision, 1e-6, 'precision');
      near(recall.value, expected.recall, 1e-6, 'recall');
    });

    test('the nearest neighbours and their cosine distances are those of scipy', async () => {
      const { distances, rows } = await nearestOf(x, y);
      assert.deepEqual(rows, expected.nearest.rows);
      const largest = Math.max(...distances.map((distance, i) => Math.abs(distance - expected.nearest.distances[i]!)));
      console.log(`nearest neighbours: largest difference ${largest.toExponential(1)}`);
      assert.ok(largest < 1e-12);
    });

    test('the Wasserstein distance of numbers is that of scipy', () => {
      near(
        wasserstein(x.values.slice().sort(), y.values.slice().sort()),
        expected.wasserstein,
        1e-6,
        'Wasserstein distance',
      );
    });

    test('the Laplacian pyramid is that of filters by scipy', () => {
      const image = tf.tensor4d(IMAGE.flat(), [1, 48, 48, 1]);
      const levels = laplacianPyramid(image, 12);
      assert.deepEqual(
        levels.map(({ shape }) => shape[1]),
        [48, 24, 12],
      );
      for (const [level, tensor] of levels.entries()) {
        const values = tensor.dataSync();
        const difference = Math.max(...expected.pyramid[level]!.flat().map((value, i) => Math.abs(value - values[i]!)));
        assert.ok(difference < 1e-5, `level ${level} differs by ${difference}`);
      }
    });
  });
}
