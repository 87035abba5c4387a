import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { builtins } from '../../src/app/builtins.js';
import { sizeOf } from '../../src/engine/graph/graph-def.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { roundedKernels } from '../../src/export/onnx/half-kernels.js';
import type { ExportedGenerator } from '../../src/registry/kinds/export-format.js';
import type { Network, Weights } from '../../src/registry/kinds/network.js';
import { make } from '../../src/registry/make.js';
import { generatorWith, SMALL_NETWORKS } from '../export/onnx-networks.js';
import { contrast, difference, generatorOf, GENERATORS, readFloats, temporary, write } from '../export/rig.js';
import { onnxPython, runScript } from './python.js';

before(() => loadTensorFlow());

type Shape = readonly [batch: number, height: number, width: number];

interface Described {
  readonly inputs: object;
  readonly outputs: object;
  readonly opset: readonly unknown[];
  readonly metadata: object;
  readonly ops: readonly string[];
  readonly error: string | null;
}

for (const [name, options] of Object.entries(GENERATORS)) {
  test(`onnxruntime translates with a ${name} as the network does, images of several sizes and batches`, async (t) => {
    const multiple = name === 'U-Net' ? 16 : 4;
    const shapes: Shape[] = [[1, 16, 16], [3, 16, 48], [2, 64 + multiple, 32], [1, 128, 16 + multiple]]; // prettier-ignore
    const results = await compare(t, [{ generator: generatorOf(options), shapes }]);
    const [{ described }] = results as [Result];
    assert.deepEqual(described.inputs, { image: ['batch', 'height', 'width', 3] });
    assert.deepEqual(described.outputs, { translation: ['batch', 'height', 'width', 3] });
    assert.deepEqual(described.opset, [['', 17]]);
    assert.deepEqual(described.metadata, {
      run: 'toy-12345678',
      direction: 'AtoB',
      image_size: '16',
      multiple_of: String(multiple),
    });
    checkDifferences(t, results, 1e-4);
  });
}

test('onnxruntime translates with kernels in half precision as the network does with rounded ones', async (t) => {
  for (const [name, options] of Object.entries(GENERATORS)) {
    const generator = generatorOf(options);
    const cases = [{ generator, rounded: roundedKernels(generator.weights), shapes: [[1, 16, 16]] as Shape[] }];
    const [{ largest }] = (await compare(t, cases)) as [Result];
    t.diagnostic(`${name}: largest difference ${largest}`);
    assert.ok(largest < 1e-4, `they differ by ${largest}`);
  }
});

test('a ResNet gives smaller images of sizes that are no multiples of 4 in onnxruntime, as the network does', async (t) => {
  const results = await compare(t, [{ generator: generatorOf(GENERATORS['ResNet']!), shapes: [[1, 18, 23]] }]);
  checkDifferences(t, results, 1e-4);
});

test('onnxruntime refuses sizes that a U-Net does not take, and takes those after it', async (t) => {
  const generator = generatorOf(GENERATORS['U-Net']!);
  const results = await compare(t, [{ generator, shapes: [[1, 16, 24], [1, 16, 32]] }]); // prettier-ignore
  assert.match(results[0]!.described.error ?? 'none', /Concat/);
  assert.ok(results[1]!.largest < 1e-4);
});

test('the lines of Python in docs/export.md translate an image file', async (t) => {
  const [dir, generator] = [temporary(t), generatorOf(GENERATORS['ResNet']!)];
  await write('onnx', generator, join(dir, 'runs/quickstart-1234abcd/export/AtoB/onnx'));
  const side = 256;
  const bytes = Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * 37) % 256);
  const raw = { raw: { width: side, height: side, channels: 3 } } as const;
  // Pillow reads it by its content; JPEG would round.
  writeFileSync(join(dir, 'photo.jpg'), await sharp(bytes, raw).png().toBuffer());

  const docs = readFileSync(fileURLToPath(new URL('../../../docs/export.md', import.meta.url)), 'utf8');
  const [, program] = /## `onnx`\n\n```python\n([^]*?)```/.exec(docs)!;
  execFileSync(onnxPython(), ['-c', program!], { cwd: dir });

  const expected = tf.tidy(() => {
    const image = tf.sub<Tensor4D>(tf.div(tf.tensor4d(Float32Array.from(bytes), [1, side, side, 3]), 127.5), 1);
    return tf.mul(tf.add(generator.network.apply(generator.weights, image), 1), 127.5).dataSync<'float32'>();
  });
  const largest = difference(Float32Array.from(await sharp(join(dir, 'out.png')).raw().toBuffer()), expected);
  assert.ok(largest < 0.55, `a pixel of 0 to 255 is off by ${largest}`);
});

test('onnxruntime computes each converted op as TensorFlow does', async (t) => {
  const cases = Object.values(SMALL_NETWORKS).map((network) => {
    const shapes: Shape[] = network.fixed === true ? [[1, 16, 16]] : [[1, 16, 16], [2, 20, 12]]; // prettier-ignore
    return { generator: generatorWith(network), shapes };
  });
  const results = await compare(t, cases);
  const names = Object.keys(SMALL_NETWORKS).flatMap((name, i) => cases[i]!.shapes.map(() => name));
  const wrong = results.flatMap(({ shape, largest, described: { error } }, i) =>
    largest < 1e-5 ? [] : [{ network: names[i], shape, largest, error }],
  );
  assert.deepEqual(wrong, []);
  t.diagnostic(
    `${results.length} comparisons: largest difference ${Math.max(...results.map(({ largest }) => largest))}`,
  );
});

describe('a network of full width in onnxruntime', () => {
  const unet = { type: 'unet', norm: 'instance', width: 64, depth: 8, dropout: 0.5, slope: 0.3 };
  const resnet = { type: 'resnet', norm: 'instance', width: 64, blocks: 9 };
  const cases: readonly { name: string; options: typeof unet | typeof resnet; shapes: Shape[] }[] = [
    { name: 'a U-Net at 256 pixels, and a batch of wider images', options: unet, shapes: [[1, 256, 256], [2, 256, 512]] }, // prettier-ignore
    { name: 'a ResNet-9 at 256 pixels, and a batch of other sizes', options: resnet, shapes: [[1, 256, 256], [2, 128, 192]] }, // prettier-ignore
  ];
  for (const { name, options, shapes } of cases) {
    test(`${name} gives the network's image`, async (t) => {
      const network = make(builtins().generator, options, { imageSize: 256, channels: 3 });
      const small = generatorOf(GENERATORS['ResNet']!, { imageSize: 256, imageSizes: [256] });
      const generator = { ...small, network, weights: startingWeights(network) };
      checkDifferences(t, await compare(t, [{ generator, shapes }]), 1e-4);
    });
  }
});

function checkDifferences(t: TestContext, results: readonly Result[], most: number): void {
  for (const { shape, largest, described } of results) {
    t.diagnostic(`${shape.join('x')}: largest difference ${largest}`);
    assert.ok(largest < most, `${shape.join('x')}: they differ by ${largest}; ${described.error}`);
  }
}

/** Weights as far from their means as at the start of a training: a deviation of 0.02. */
function startingWeights({ weights }: Network): Weights {
  let state = 1;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) | 0) / 2 ** 31; // in [-1, 1)
  const values = weights.map(({ name, shape }) => {
    const mean = name.endsWith('/scale') ? 1 : 0;
    const numbers = new Float32Array(sizeOf(shape));
    for (let i = 0; i < numbers.length; i++) numbers[i] = mean + 0.02 * Math.sqrt(3) * next();
    return [name, tf.tensor(numbers, [...shape])] as const;
  });
  return Object.fromEntries(values);
}

interface Case {
  readonly generator: ExportedGenerator;
  /** The weights of an export in half precision. */
  readonly rounded?: Weights;
  readonly shapes: readonly Shape[];
}

interface Result {
  readonly shape: Shape;
  readonly described: Described;
  /** The largest difference of a pixel from the network's; NaN where onnxruntime gives no image. */
  readonly largest: number;
}

/** Exports generators and translates an image of each shape with them, in onnxruntime and here. */
async function compare(t: TestContext, generators: readonly Case[]): Promise<readonly Result[]> {
  const dir = temporary(t);
  const cases: { model: string; image: string; out: string; shape: Shape; expected: Float32Array }[] = [];
  for (const [i, { generator, rounded, shapes }] of generators.entries()) {
    const precision = rounded === undefined ? 'float32' : 'float16';
    await write({ type: 'onnx', precision }, generator, join(dir, `${i}`));
    for (const shape of shapes) {
      const files = { image: join(dir, `in-${cases.length}`), out: join(dir, `out-${cases.length}`) };
      const { input, output } = translated(generator.network, rounded ?? generator.weights, shape);
      writeFileSync(files.image, new Uint8Array(input.buffer));
      cases.push({ model: join(dir, `${i}`, 'model.onnx'), ...files, shape, expected: output });
    }
  }
  const asked = cases.map(({ model, image, out, shape }) => ({ model, image, out, shape: [...shape, 3] }));
  writeFileSync(join(dir, 'case.json'), JSON.stringify(asked));
  const described = runScript<Described[]>(onnxPython(), 'run_onnx.py', join(dir, 'case.json'));
  return cases.map(({ shape, out, expected }, i) => {
    const largest = described[i]!.error === null ? difference(readFloats(out), expected) : NaN;
    return { shape, described: described[i]!, largest };
  });
}

/** A wavy image in [-1, 1] and its translation by the network; empty where the network does not take the shape. */
function translated(network: Network, weights: Weights, [batch, height, width]: Shape) {
  const input = Float32Array.from({ length: batch * height * width * 3 }, (_, i) => Math.sin(0.37 * i + i ** 1.2));
  const output = tf.tidy(() => {
    const image: Tensor4D = tf.tensor4d(input, [batch, height, width, 3]);
    try {
      return network.apply(weights, image).dataSync<'float32'>();
    } catch {
      return Float32Array.of();
    }
  });
  assert.ok(output.length === 0 || contrast(output) > 0.1, 'the image is not blank');
  return { input, output };
}
