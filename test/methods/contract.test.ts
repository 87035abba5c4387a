import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Config } from '../../src/registry/config.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { isTensor, leavesOf } from '../../src/engine/graph/tensor-trees.js';
import { buildGenerators, buildMethod, methodFacts } from '../../src/methods/build.js';
import type { CycleGanState } from '../../src/methods/cyclegan.js';
import { builtins } from '../../src/app/builtins.js';
import type { Direction } from '../../src/registry/kinds/export-format.js';
import type { Network } from '../../src/registry/kinds/network.js';
import { stepInputs } from '../../src/training/trainer/step.js';
import { config } from '../rig.js';
import { patternImages, weightsOf } from './numerics.js';

before(() => loadTensorFlow());

const SIZE = 16;
const lambda = { forward: 10, backward: 10 };
const viewOf = (method: Config['method'], loss: Config['loss']) => ({
  config: {
    ...config({ method, loss }),
    generator: { type: 'unet', norm: 'instance', width: 2, depth: 3, dropout: 0, slope: 0.3 },
    discriminator: { type: 'patchgan', norm: 'instance', width: 2, layers: 2, slope: 0.3, conditional: false },
    optimizer: { type: 'adam', learning_rate: 2e-4, beta1: 0.5, beta2: 0.999, epsilon: 1e-7 },
  },
  components: builtins(),
});

const CUT = { direction: 'AtoB', layers: 'auto', patches: 8, temperature: 0.07, projection: 4 };
const cutView = (method: Config['method'], loss: object) => {
  const view = viewOf({ ...CUT, ...method }, { adversarial: 'least-squares', ...loss });
  return { ...view, config: { ...view.config, generator: { type: 'resnet', norm: 'instance', width: 2, blocks: 2 } } };
};

/** What every method is tried with, and what it says of itself. */
const METHODS = {
  CycleGAN: { view: viewOf({ type: 'cyclegan', pool: 0 }, { adversarial: 'bce', lambda, identity: 0.5 }), of: { AtoB: 'G', BtoA: 'F' } }, // prettier-ignore
  'CycleGAN without identity loss, with pools': {
    view: viewOf({ type: 'cyclegan', pool: 3 }, { adversarial: 'bce', lambda, identity: 0 }),
    of: { AtoB: 'G', BtoA: 'F' },
  },
  'CycleGAN with a gradient penalty': {
    view: viewOf({ type: 'cyclegan', pool: 3 }, { adversarial: 'hinge', penalty: 'r1', lambda, identity: 0.5 }),
    of: { AtoB: 'G', BtoA: 'F' },
  },
  'Pix2Pix with a gradient penalty': { view: viewOf({ type: 'pix2pix', direction: 'AtoB' }, { adversarial: 'wasserstein', penalty: { type: 'wgan-gp', weight: 5, target: 1 }, lambda: 100 }), of: { AtoB: 'G' } }, // prettier-ignore
  'Pix2Pix from A to B': { view: viewOf({ type: 'pix2pix', direction: 'AtoB' }, { adversarial: 'bce', lambda: 100 }), of: { AtoB: 'G' } }, // prettier-ignore
  CUT: { view: cutView({ type: 'cut', flip_equivariance: false }, { lambda: 1, identity: true }), of: { AtoB: 'G' } },
  'FastCUT from B to A': {
    view: cutView({ type: 'fastcut', flip_equivariance: true, direction: 'BtoA' }, { lambda: 10, identity: false }),
    of: { BtoA: 'G' },
  },
  'Pix2Pix from B to A': { view: viewOf({ type: 'pix2pix', direction: 'BtoA' }, { adversarial: 'bce', lambda: 100 }), of: { BtoA: 'G' } }, // prettier-ignore
} as const;

for (const [name, { view, of }] of Object.entries(METHODS)) {
  describe(name, () => {
    const images = () => ({ x: patternImages('x', 1, SIZE), y: patternImages('y', 1, SIZE) });
    const directions = Object.keys(of) as Direction[];

    test('says of each loss that a step gives what it is, in the same order, and draws no other', () => {
      const method = buildMethod(view);
      const { losses } = method.gradients(method.initial(1), images(), stepInputs(1, 0, 0));
      const { curves } = methodFacts(view);
      const names = curves.losses.map((curve) => curve.name);
      assert.deepEqual(names, Object.keys(losses));
      for (const { losses: drawn } of curves.charts) for (const each of drawn) assert.ok(names.includes(each), each);
      const totals = curves.losses.filter(({ headline }) => headline !== undefined);
      assert.deepEqual(
        totals.map(({ name: each, headline }) => [each, headline]),
        Object.keys(method.networks).map((network) => [`${network}/total`, network]),
      );
    });

    test('moves its discriminators by one learning rate, and all else by that of its generators', () => {
      const method = buildMethod(view);
      const state = method.initial(1);
      const clock = stepInputs(1, 0, { generator: 0, discriminator: 0.01 });
      const next = method.apply(state, method.gradients(state, images(), clock), clock);
      for (const network of Object.keys(method.networks)) {
        const weights = (tree: typeof state) => leavesOf((tree[network] as { weights: never }).weights, isTensor);
        const [before, after] = [weights(state), weights(next)];
        const isMoved = [...before].some(([name, weight]) => tf.notEqual(weight, after.get(name)!).any().dataSync()[0] === 1); // prettier-ignore
        assert.equal(isMoved, network.startsWith('D'), network);
      }
    });

    test('translates in the directions that it names, by the generators that training trains', () => {
      const [method, generators] = [buildMethod(view), buildGenerators(view)];
      assert.deepEqual(generators.of, of);
      assert.deepEqual(methodFacts(view).directions, directions);
      assert.deepEqual(Object.keys(methodFacts(view).curves.rows), directions);
      for (const network of Object.values(of)) {
        assert.deepEqual(generators.networks[network]!.weights, method.networks[network]!.weights);
      }
    });

    test('shows in samples what it translates, in the order that it names', () => {
      const [method, generators] = [buildMethod(view), buildGenerators(view)];
      const state = method.initial(1);
      const weights = Object.fromEntries(
        Object.keys(method.networks).map((network) => [network, (state[network] as { weights: never }).weights]),
      );
      for (const direction of directions) {
        const sample = method.sample(weights, direction, images().x);
        assert.deepEqual(
          Object.keys(sample),
          method.samples.map((column) => column.name),
        );
        const { translated } = generators.translate(weights, direction, images().x);
        assert.deepEqual(sample['translated']!.arraySync(), translated.arraySync());
        for (const { name: column, shows } of method.samples) {
          assert.deepEqual(sample[column]!.shape.slice(3), [shows === 'image' ? 3 : 1], column);
        }
      }
    });

    test('keeps the weights of each network at NETWORK/weights of its state, and counts its passes', () => {
      const method = buildMethod(view);
      const paths = [...leavesOf(method.initial(1), isTensor).keys()];
      for (const [network, { weights }] of Object.entries(method.networks)) {
        for (const weight of weights) assert.ok(paths.includes(`${network}/weights/${weight.name}`));
      }
      assert.deepEqual(Object.keys(method.passes), Object.keys(method.networks));
    });
  });
}

describe('what a config asks of CycleGAN', () => {
  const build = (pool: number, identity: number) =>
    buildMethod(viewOf({ type: 'cyclegan', pool }, { adversarial: 'bce', lambda, identity }));

  test('is a pool for each discriminator, of so many images of the size that is trained', () => {
    const poolsIn = (pool: number) =>
      [...leavesOf(build(pool, 0).initial(1), isTensor)]
        .filter(([path]) => path.startsWith('pools/'))
        .map(([path, { shape }]: [string, Tensor]) => [path, shape]);
    assert.deepEqual(poolsIn(0), []);
    assert.deepEqual(poolsIn(1), [['pools/X/images', [1, SIZE, SIZE, 3]], ['pools/X/filled', []], ['pools/Y/images', [1, SIZE, SIZE, 3]], ['pools/Y/filled', []]]); // prettier-ignore
  });

  test('takes a pass less through each generator without the identity loss', () => {
    assert.deepEqual(build(0, 0.5).passes, { G: 3, F: 3, D_X: 2, D_Y: 2 });
    assert.deepEqual(build(0, 1e-6).passes, { G: 3, F: 3, D_X: 2, D_Y: 2 });
    assert.deepEqual(build(0, 0).passes, { G: 2, F: 2, D_X: 2, D_Y: 2 });
  });

  test('shows what the discriminator of its own domain says of an image, and the other one of its translation', () => {
    const method = build(0, 0);
    const weights = weightsOf(method.initial(1) as unknown as CycleGanState);
    const x = patternImages('x', 1, SIZE);
    for (const [direction, own, other] of [
      ['AtoB', 'D_X', 'D_Y'],
      ['BtoA', 'D_Y', 'D_X'],
    ] as const) {
      const sample = method.sample(weights, direction, x);
      const says = (network: 'D_X' | 'D_Y', image: Tensor4D) => tf.sigmoid((method.networks[network] as Network).apply(weights[network], image)); // prettier-ignore
      assert.deepEqual(sample['discReal']!.arraySync(), says(own, x).arraySync());
      assert.deepEqual(sample['discFake']!.arraySync(), says(other, sample['translated']!).arraySync());
    }
  });

  test('is weighed as in the tutorial where it says nothing', () => {
    const { loss, schema } = builtins().method.get('cyclegan');
    const { adversarial, lambda: weight, identity } = loss.properties;
    const members = weight!['x-members'] as Record<string, { default: number }>;
    const usual = [adversarial, weight, members['forward'], members['backward'], identity].map((each) => each!.default);
    assert.deepEqual(usual, ['bce', 10, 10, 10, 0.5]);
    assert.deepEqual([identity!['minimum'], identity!['maximum']], [0, 1e6]);
    assert.equal(schema.properties['pool']!.default, 0);
  });

  test('advises a lower lambda after it has diverged, or each direction’s', () => {
    const advice = (forward: number, backward: number) =>
      methodFacts(viewOf({ type: 'cyclegan', pool: 0 }, { adversarial: 'bce', lambda: { forward, backward }, identity: 0 })).remedies; // prettier-ignore
    assert.deepEqual(advice(10, 10), ['lower loss.lambda (now 10)']);
    assert.deepEqual(advice(10, 5), ['lower loss.lambda (now forward 10, backward 5)']);
  });
});

describe('what a config asks of Pix2Pix', () => {
  const { view } = METHODS['Pix2Pix from A to B'];

  test('is a discriminator of both images, one pass of the generator and two of it', () => {
    const { networks, passes } = buildMethod(view);
    assert.equal(networks['D']!.weights[0]!.shape[2], 6);
    assert.deepEqual(passes, { G: 1, D: 2 });
  });

  test('is A to B with 100 times the L1 loss where it says nothing, and from pairs', () => {
    const { loss, schema, pairing } = builtins().method.get('pix2pix');
    assert.equal(schema.properties['direction']!.default, 'AtoB');
    assert.deepEqual(schema.properties['direction']!['enum'], ['AtoB', 'BtoA']);
    assert.deepEqual([loss.properties['lambda']!.default, loss.properties['lambda']!['maximum']], [100, 1e6]);
    assert.equal(pairing, 'paired');
    assert.deepEqual(methodFacts(view).remedies, ['lower loss.lambda (now 100)']);
  });
});

test('a method need not know what helps after it has diverged', () => {
  const components = builtins();
  components.method.add('mine', { ...components.method.get('pix2pix'), remedies: undefined });
  const { config: usual } = METHODS['Pix2Pix from A to B'].view;
  assert.deepEqual(methodFacts({ config: { ...usual, method: { type: 'mine' } }, components }).remedies, []);
});
