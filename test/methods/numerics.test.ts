import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadTensorFlow } from '../../src/engine/native.js';
import { compare, readReference, runCase } from './numerics.js';

before(() => loadTensorFlow());

/** The root of the checkout, from `<build folder>/test/objectives`. */
const fixtures = fileURLToPath(new URL('../../../test/fixtures/numerics/', import.meta.url));

// The references are TensorFlow's (test/fixtures/make_numerics.py), at a small width; full width: test/services.
describe('the training step agrees with the tutorial’s in Python TensorFlow', () => {
  for (const name of ['unet-bce', 'resnet-least-squares']) {
    test(name, (t) => {
      const reference = readReference(fixtures + name);
      const differences = compare(runCase(reference.case), reference);
      t.diagnostic(JSON.stringify(differences));
      assert.ok(differences.losses < 1e-5, `losses differ by ${differences.losses}`);
      assert.ok(differences.gradients < 1e-4, `gradients differ by ${differences.gradients}`);
      assert.ok(differences.weights < 1e-3, `weights differ by ${differences.weights}`);
    });
  }
});
