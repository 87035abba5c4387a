import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test, type TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { nodeOf } from '../../src/engine/graph/graph-def.js';
import { Graph } from '../../src/engine/graph/recorded-graph.js';
import { Session } from '../../src/engine/graph/session.js';
import { loadTensorFlow, type TensorFlow } from '../../src/engine/native.js';
import { freeSides, type Trace } from '../../src/export/free-sides.js';
import { oneOf, type ImageSides } from '../../src/export/probes.js';
import { testImage } from '../../src/export/same-image.js';
import { addTranslationOf } from '../../src/export/trace.js';
import type { ExportedGenerator } from '../../src/registry/kinds/export-format.js';
import { generatorWith, SMALL_NETWORKS } from './onnx-networks.js';
import { content, contrast, difference, generatorOf, GENERATORS, temporary, write } from './rig.js';

let tensorFlow: TensorFlow;
before(async () => {
  tensorFlow = await loadTensorFlow();
});

/** Sides that are none of the probes' of these networks. */
const SIDES: readonly ImageSides[] = [
  [1, 16, 16],
  [4, 12, 26],
  [1, 40, 10],
];
const SIDES_OF_GENERATORS: readonly ImageSides[] = [
  [1, 16, 16],
  [4, 64, 16],
  [1, 16, 112],
];

/** Networks whose graph cannot take other sides. */
const FIXED = [
  'arithmetic with columns and channels',
  'arithmetic with an image of weights',
  'a constant that fills an image',
  'an image and itself turned',
  'attention between pixels',
  'attention to the largest of each square',
  'parts of an image of a fixed place',
  'nearest neighbours between centres',
];

test('a network takes any batch, height and width, with the network’s image, unless its graph needs the sides of its training', (t) => {
  const fixed = Object.entries(SMALL_NETWORKS).filter(([name, network]) => {
    const generator = generatorWith(network);
    const run = freeRunner(generator, t);
    if (run === undefined) return true;
    for (const sides of SIDES) checkSides(generator, sides, run, name);
    return false;
  });
  assert.deepEqual(fixed.map(([name]) => name), FIXED); // prettier-ignore
});

/** The op whose sides a generator's graph computes, and with which ops. */
const COMPUTED = {
  'U-Net': ['Conv2DBackpropInput', ['AddV2', 'Const', 'Mul', 'Shape']],
  ResNet: ['Conv2DBackpropInput', ['AddV2', 'Const', 'Mul', 'Shape']],
  'antialiased ResNet': ['ResizeNearestNeighbor', ['Const', 'Mul', 'Shape', 'Slice']],
} as const;

for (const [name, [enlarging, ops]] of Object.entries(COMPUTED)) {
  test(`the graph of a ${name} computes the sides of what enlarges alone, without a division`, () => {
    const generator = generatorOf(GENERATORS[name]!);
    const { graph, free } = traced(generator);
    const nodes = free!.needed([free!.translation.ref]);
    const added = nodes.filter(
      ({ name: node }) => [...graph.nodes].findIndex((one) => one.name === node) >= traced(generator).before,
    );
    assert.deepEqual([...new Set(added.map(({ op }) => op))].sort(), ops);
    const count = (op: string) => nodes.filter((node) => node.op === op).length;
    assert.equal(count('Shape'), count(enlarging), 'a crop and a reshape take the rest');
    const image = nodes.find(({ name: node }) => node === 'image')!;
    assert.deepEqual(image.attributes['shape'], { kind: 'shape', value: [-1, -1, -1, 3] });
  });
}

test('a network that refuses other sides, gives other sides, or declares none, keeps those of its training', () => {
  const generator = generatorOf(GENERATORS['ResNet']!);
  const { sizes, ...undeclared } = generator.network;
  assert.ok(sizes !== undefined);
  const refusing: typeof generator.network.apply = (weights, x) => {
    if (x.shape[0] > 1) throw new Error('One image at a time.');
    return generator.network.apply(weights, x);
  };
  const smaller = generatorWith({ apply: (x) => tf.maxPool(x, 2, 2, 'valid') });
  const networks = [
    { ...generator, network: undeclared },
    { ...generator, network: { ...generator.network, apply: refusing } },
    smaller,
  ];
  assert.deepEqual(networks.map((one) => traced(one).free), [undefined, undefined, undefined]); // prettier-ignore
});

test('a network that computes otherwise from some size on keeps the sides of its training', () => {
  const apply = (x: Tensor4D) => (x.shape[1] > 16 ? tf.mul(x, 0.5) : tf.tanh(x));
  const another = (x: Tensor4D) => tf.mul(x, 1 / x.shape[1]);
  const notALine = (x: Tensor4D) => {
    const larger = tf.pad(x, [[0, 0], [0, 1000], [0, 0], [0, 0]]); // prettier-ignore
    const oneOf = tf.slice(larger, [0, 0, 0, 0], [x.shape[0], x.shape[1] ** 2, x.shape[2], 3]);
    return tf.add(x, tf.mean(oneOf, [1, 2], true));
  };
  for (const each of [apply, another, notALine]) {
    assert.equal(traced(generatorWith({ apply: each })).free, undefined);
  }
});

describe('an export of a generator with fixed sides', () => {
  const oneAtATime = (): ExportedGenerator => {
    const generator = generatorOf(GENERATORS['ResNet']!);
    const { sizes, ...network } = generator.network;
    assert.ok(sizes !== undefined);
    return { ...generator, network };
  };

  test('as tfjs has a model for each size, with the same weights', async (t) => {
    const dir = temporary(t);
    const files = await write('tfjs', oneAtATime(), dir);
    assert.deepEqual(files.filter((file) => file.startsWith('model')), ['model.json', 'model-32.json']); // prettier-ignore
    const shards = await Promise.all(['model.json', 'model-32.json'].map((file) => shardsOf(join(dir, file))));
    assert.deepEqual(shards, [['group1-shard1of1.bin'], ['group1-shard1of1.bin']]);
    const { sizes, any_size, input } = await described(dir);
    assert.deepEqual(sizes, { 16: 'model.json', 32: 'model-32.json' });
    assert.deepEqual([any_size, input.shape], [undefined, '[1, size, size, channels]']);
    const model = await tensorFlow.loadGraphModel(`file://${join(dir, 'model-32.json')}`);
    t.after(() => model.dispose());
    assert.deepEqual(model.inputs[0]!.shape, [1, 32, 32, 3]);
  });

  test('as saved-model has a signature for each size', async (t) => {
    const dir = temporary(t);
    await write('saved-model', oneAtATime(), dir);
    const [graph] = await tensorFlow.node.getMetaGraphsFromSavedModel(dir);
    assert.deepEqual(Object.keys(graph!.signatureDefs).sort(), ['image_bytes', 'serving_default', 'size_32']);
    assert.deepEqual((await described(dir)).sizes, { 16: 'serving_default', 32: 'size_32' });
  });
});

for (const format of ['tfjs', 'saved-model', 'onnx']) {
  test(`${format} records which sizes a generator with free sides takes`, async (t) => {
    const dir = temporary(t);
    await write(format, generatorOf(GENERATORS['U-Net']!), dir);
    const { any_size, image_size, interpolation, input } = await described(dir);
    assert.deepEqual(any_size, { multiple_of: 16, least: 16 });
    assert.deepEqual([image_size, interpolation, input.shape], [16, 'bicubic', '[batch, height, width, channels]']);
  });
}

for (const [name, options] of Object.entries(GENERATORS)) {
  test(`one file of a ${name} translates batches and rectangles in TensorFlow.js and as a SavedModel`, async (t) => {
    const [dir, generator] = [temporary(t), generatorOf(options)];
    await write('tfjs', generator, join(dir, 'tfjs'));
    await write('saved-model', generator, join(dir, 'saved-model'));
    assert.deepEqual(Object.keys(await content(join(dir, 'tfjs'))).filter((file) => file.startsWith('model')), ['model.json']); // prettier-ignore
    const graphModel = await tensorFlow.loadGraphModel(`file://${join(dir, 'tfjs', 'model.json')}`);
    const savedModel = await tensorFlow.node.loadSavedModel(join(dir, 'saved-model'), ['serve'], 'serving_default');
    t.after(() => (graphModel.dispose(), savedModel.dispose()));
    for (const sides of SIDES_OF_GENERATORS) {
      checkSides(generator, sides, (image) => graphModel.predict(image) as Tensor, name);
      checkSides(
        generator,
        sides,
        (image) => (savedModel.predict({ image }) as { translation: Tensor }).translation,
        name,
      );
    }
  });
}

interface Described {
  readonly sizes: object;
  readonly any_size?: object;
  readonly image_size: number;
  readonly interpolation: string;
  readonly input: { readonly shape: string };
}

const described = async (dir: string) => JSON.parse(await readFile(join(dir, 'generator.json'), 'utf8')) as Described;

/** The files of a model's weights. */
async function shardsOf(path: string): Promise<readonly string[]> {
  const { weightsManifest } = JSON.parse(await readFile(path, 'utf8')) as {
    weightsManifest: { paths: string[] }[];
  };
  return weightsManifest[0]!.paths;
}

function traced(generator: ExportedGenerator) {
  const { imageSize, network, channels } = generator;
  const trace = (shape: readonly number[]): Trace & { weights: ReadonlyMap<string, string> } => {
    const graph = new Graph();
    const weights = new Map(
      network.weights.map(({ name, shape }) => [name, graph.placeholder(name, 'float32', shape)]),
    );
    return { graph, weights, ...addTranslationOf(graph, generator, shape, ({ name }) => weights.get(name)!) };
  };
  const first = trace([...oneOf(imageSize), channels]);
  const before = first.graph.size;
  return { ...first, before, free: freeSides({ ...generator, imageSizes: [imageSize] }, first, trace) };
}

/** Runs a generator's graph of free sides in TensorFlow. */
function freeRunner(generator: ExportedGenerator, t: TestContext): ((image: Tensor4D) => Tensor) | undefined {
  const { free, weights } = traced(generator);
  if (free === undefined) return undefined;
  const session = new Session(free.needed([free.translation.ref]));
  t.after(() => session.dispose());
  const feeds = Object.fromEntries([...weights].map(([name, node]) => [node, generator.weights[name]!]));
  return (image) => session.run({ ...feeds, [nodeOf(free.image.ref)]: image }, [free.translation.ref])[0]!;
}

function checkSides(
  generator: ExportedGenerator,
  sides: ImageSides,
  run: (image: Tensor4D) => Tensor,
  name: string,
): void {
  tf.tidy(() => {
    const image = testImage(sides, 3);
    const expected = generator.network.apply(generator.weights, image);
    const found = run(image);
    assert.deepEqual(found.shape, [...sides, 3], name);
    const values = expected.dataSync<'float32'>();
    assert.ok(contrast(values) > 0.02, `${name}: it is not blank`);
    const largest = difference(found.dataSync<'float32'>(), values);
    assert.ok(largest < 1e-4, `${name}, ${sides.join('x')}: they differ by ${largest}`);
  });
}
