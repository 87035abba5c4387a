import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test, type TestContext } from 'node:test';
import protobuf from 'protobufjs';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { takesAnySize } from '../../src/export/onnx/any-size.js';
import { convert, CONVERTED_OPS } from '../../src/export/onnx/convert.js';
import { encodeModel } from '../../src/export/onnx/encode.js';
import type { OnnxGraph } from '../../src/export/onnx/graph.js';
import { ONNX_PROTO } from '../../src/export/onnx/messages.js';
import { fromHalves } from '../../src/export/half-precision.js';
import type { Reference } from '../../src/registry/config.js';
import type { ExportedGenerator } from '../../src/registry/kinds/export-format.js';
import { problemOf } from '../problem-of.js';
import { generatorWith, SMALL_NETWORKS, type SmallNetwork } from './onnx-networks.js';
import { generatorOf, GENERATORS, temporary, write } from './rig.js';

before(() => loadTensorFlow());

const UNet = GENERATORS['U-Net']!;
const ResNet = GENERATORS['ResNet']!;

for (const [name, options] of Object.entries(GENERATORS)) {
  describe(`an ONNX model of a ${name}`, () => {
    test('has one input and one output, images of any batch, height and width', async (t) => {
      const { graph } = await model(t, generatorOf(options));
      const sides = [{ dimParam: 'batch' }, { dimParam: 'height' }, { dimParam: 'width' }, { dimValue: 3 }];
      assert.deepEqual(graph.input.map(valueOf), [{ name: 'image', elemType: 1, sides }]);
      assert.deepEqual(graph.output.map(valueOf), [{ name: 'translation', elemType: 1, sides }]);
    });

    test('turns images where they enter and where they leave, and nowhere else', async (t) => {
      const { graph } = await model(t, generatorOf(options));
      const turned = graph.node.flatMap(({ opType }, i) => (opType === 'Transpose' ? [i] : []));
      assert.deepEqual(turned, [0, graph.node.length - 1]);
    });

    test('uses what is defined before: its input, its initializers and earlier nodes, all with names of their own', async (t) => {
      const { graph } = await model(t, generatorOf(options));
      const defined = ['image', ...graph.initializer.map(({ name }) => name)];
      for (const { name, input, output } of graph.node) {
        for (const one of input) assert.ok(one === '' || defined.includes(one), `${name} uses ${one}`);
        defined.push(...output);
      }
      assert.equal(new Set(defined).size, defined.length);
      assert.ok(defined.includes('translation'));
      const used = new Set(graph.node.flatMap(({ input }) => input));
      assert.deepEqual(graph.initializer.filter(({ name }) => !used.has(name)), []); // prettier-ignore
    });

    test('has each weight of the network once, in full', async (t) => {
      const { network, weights } = generatorOf(options);
      const { graph } = await model(t, generatorOf(options));
      const stored = new Map(graph.initializer.map((one) => [one.name, one]));
      for (const { name } of network.weights) {
        const { dims, rawData, dataType } = stored.get(name)!;
        assert.equal(dataType, 1);
        assert.equal(rawData.length, 4 * dims.reduce((size, side) => size * side, 1), name);
        const sum = floats(rawData).reduce((a, b) => a + b, 0);
        assert.ok(Math.abs(sum - weights[name]!.sum().dataSync()[0]!) < 1e-3, name);
      }
    });
  });
}

test('kernels of ONNX are [out, in, height, width], and those of transposed convolutions [in, out, height, width]', async (t) => {
  const generator = generatorOf(ResNet);
  const { graph } = await model(t, generator);
  const stored = new Map(graph.initializer.map((one) => [one.name, one]));
  const first = stored.get('first/kernel')!;
  assert.deepEqual(first.dims, [4, 3, 7, 7]);
  const kernel = generator.weights['first/kernel']!; // [height, width, in, out]
  assert.deepEqual(floats(first.rawData), tf.transpose(kernel, [3, 2, 0, 1]).dataSync());
  const up = stored.get('up1/kernel')!;
  assert.deepEqual(up.dims, [16, 8, 3, 3]);
  assert.deepEqual(floats(up.rawData), tf.transpose(generator.weights['up1/kernel']!, [3, 2, 0, 1]).dataSync());
});

test('an ONNX model names its opset, its run, the direction and the sizes', async (t) => {
  const { opsetImport, irVersion, metadataProps } = await model(t, generatorOf(UNet, { direction: 'BtoA' }));
  assert.deepEqual([irVersion, opsetImport], [8, [{ domain: '', version: 17 }]]);
  assert.deepEqual(Object.fromEntries(metadataProps.map(({ key, value }) => [key, value])), {
    run: 'toy-12345678',
    direction: 'BtoA',
    image_size: '16',
    multiple_of: '16',
  });
});

test('instance norms are one op each, but the formula where a channel has few pixels', () => {
  const of = (imageSize: number) => {
    const generator = generatorOf(UNet, { imageSize });
    return convert(generator, imageSize).onnx.nodes.filter(({ op }) => op === 'InstanceNormalization').length;
  };
  // Of 16 pixels: layers of 4x4, 2x2, 1x1, 2x2, 4x4 and one of 8x8; of 64 pixels: of 16x16, 8x8, 4x4, 8x8, 16x16, 32x32.
  assert.deepEqual([of(16), of(64)], [1, 5]);
});

describe('a formula is one op', () => {
  interface Parts {
    readonly x: Tensor;
    readonly subtracted: Tensor;
    readonly varied: Tensor;
    readonly around: Tensor;
  }
  /** (x - mean) / deviation * scale + offset, of parts that may be others than an instance norm's. */
  const opsOf = (change: (x: Tensor) => Partial<Parts>, axes = [1, 2], count = 3) => {
    const apply = (x: Tensor) => {
      const parts = { x, subtracted: tf.mean(x, axes, true), varied: x, around: tf.mean(x, axes, true), ...change(x) };
      const variance = tf.mean(tf.square(tf.sub(parts.varied, parts.around)), axes, true);
      const normal = tf.mul(tf.sub(parts.x, parts.subtracted), tf.rsqrt(tf.add(variance, 1e-3)));
      const vector = (from: number) => tf.tensor1d([from, 0.5, -0.7].slice(0, count));
      return tf.add(tf.mul(normal, vector(1.2)), vector(0.1));
    };
    return convert(generatorWith({ apply }), 16).onnx.nodes.filter(({ op }) => op === 'InstanceNormalization').length;
  };

  test('if it is an instance norm', () => assert.equal(opsOf(() => ({})), 1)); // prettier-ignore

  test('but not if a part of it is of another image, over other axes, or one for all channels', () => {
    const other = (x: Tensor) => tf.abs(x);
    const otherMean = (x: Tensor) => tf.mean(other(x), [1, 2], true);
    const found = {
      x: opsOf((x) => ({ x: other(x) })),
      subtracted: opsOf((x) => ({ subtracted: otherMean(x) })),
      varied: opsOf((x) => ({ varied: other(x) })),
      around: opsOf((x) => ({ around: otherMean(x) })),
      means: opsOf((x) => ({ subtracted: otherMean(x), around: otherMean(x) })),
      axes: opsOf(() => ({}), [1, 2, 3]),
      channels: opsOf(() => ({}), [1, 2], 1),
    };
    assert.deepEqual(found, { x: 0, subtracted: 0, varied: 0, around: 0, means: 0, axes: 0, channels: 0 });
  });
});

test('a reflection and a crop are written without the size of the image', () => {
  const { onnx } = convert(generatorOf(ResNet), 16);
  const pad = onnx.nodes.find(({ op }) => op === 'Pad')!;
  assert.deepEqual(pad.attributes, { mode: { kind: 'string', value: 'reflect' } });
  assert.deepEqual(integers(onnx, pad.inputs[1]!), [0, 0, 3, 3, 0, 0, 3, 3]);
  const slice = onnx.nodes.find(({ op }) => op === 'Slice')!;
  assert.deepEqual(slice.inputs.slice(1).map((name) => integers(onnx, name)), [[1, 1], [2 ** 31 - 1, 2 ** 31 - 1], [2, 3]]); // prettier-ignore
});

describe('an ONNX model of a network that is not proved to take any size', () => {
  const dims = ({ graph }: Model) => valueOf(graph.input[0]!).sides.map((side) => side.dimValue ?? side.dimParam);

  test('is one file for each size, if its graph depends on the size', async (t) => {
    const [dir, generator] = [
      temporary(t),
      { ...generatorWith(small('attention between pixels')), imageSizes: [16, 32] },
    ];
    assert.deepEqual(await write('onnx', generator, dir), ['model.onnx', 'model-32.onnx', 'generator.json']);
    assert.deepEqual(dims(await read(join(dir, 'model.onnx'))), [1, 16, 16, 3]);
    assert.deepEqual(dims(await read(join(dir, 'model-32.onnx'))), [1, 32, 32, 3]);
    const description = JSON.parse(await readFile(join(dir, 'generator.json'), 'utf8')) as Record<string, unknown>;
    assert.deepEqual(description['sizes'], { 16: 'model.onnx', 32: 'model-32.onnx' });
  });

  test('has the size of its training, if it does not declare which sizes it takes', async (t) => {
    const generator = generatorOf(ResNet);
    const { sizes, ...network } = generator.network;
    assert.ok(sizes !== undefined, 'it declares them otherwise');
    assert.deepEqual(dims(await model(t, { ...generator, network, imageSizes: [16] })), [1, 16, 16, 3]);
  });

  test('has the size of its training, if it only refuses others', async (t) => {
    const generator = generatorOf(ResNet);
    const apply: typeof generator.network.apply = (weights, x) => {
      if (x.shape[1] !== 16) throw new Error('It takes 16 pixels and no more.');
      return generator.network.apply(weights, x);
    };
    const network = { ...generator.network, apply };
    assert.deepEqual(dims(await model(t, { ...generator, network, imageSizes: [16] })), [1, 16, 16, 3]);
  });
});

test('a network takes any size in ONNX unless a shape is part of its graph', () => {
  const free = Object.entries(SMALL_NETWORKS).filter(([, network]) => {
    const generator = generatorWith(network);
    return takesAnySize(generator, convert(generator, 16));
  });
  const expected = Object.entries(SMALL_NETWORKS).filter(([, { fixed }]) => fixed !== true);
  assert.deepEqual(free.map(([name]) => name), expected.map(([name]) => name)); // prettier-ignore
});

test('each op that is converted is in a network that the tests compare with onnxruntime', () => {
  const networks = [...Object.values(SMALL_NETWORKS).map(generatorWith), generatorOf(UNet), generatorOf(ResNet)];
  const compared = new Set(networks.flatMap((one) => convert(one, 16).nodes.map(({ op }) => op)));
  assert.deepEqual(CONVERTED_OPS.filter((op) => !compared.has(op)), []); // prettier-ignore
});

describe('an ONNX model in half precision', () => {
  const float16 = { type: 'onnx', precision: 'float16' };

  test('stores its kernels so, rounded, and casts each of them once; all else is float32', async (t) => {
    const generator = generatorOf(ResNet);
    const { graph } = await model(t, generator, float16);
    const types = new Map(graph.initializer.map(({ name, dataType }) => [name, dataType]));
    for (const { name, shape } of generator.network.weights)
      assert.equal(types.get(name), shape.length < 2 ? 1 : 10, name);
    const casts = graph.node.filter(({ opType }) => opType === 'Cast').map(({ input }) => input[0]!);
    const kernels = generator.network.weights.filter(({ shape }) => shape.length >= 2).map(({ name }) => name);
    assert.deepEqual(casts.toSorted(), kernels.toSorted());
    const used = graph.node.filter(({ opType }) => opType !== 'Cast').flatMap(({ input }) => input);
    assert.deepEqual(used.filter((name) => kernels.includes(name)), []); // prettier-ignore

    const { rawData } = graph.initializer.find(({ name }) => name === 'first/kernel')!;
    const stored = fromHalves(new Uint16Array(Uint8Array.from(rawData).buffer));
    const kernel = tf.transpose(generator.weights['first/kernel']!, [3, 2, 0, 1]).dataSync<'float32'>();
    const errors = stored.map((value, i) => Math.abs(value / kernel[i]! - 1));
    assert.ok(Math.max(...errors) < 2 ** -11 && Math.max(...errors) > 2 ** -13);
  });

  test('is refused for a generator that depends on more of its kernels', async (t) => {
    const apply: SmallNetwork['apply'] = (x, weight) => tf.add(x, tf.mul(tf.sum(weight('kernel')), 5000));
    const generator = generatorWith({ apply, weights: { kernel: [3, 3] } });
    await write('onnx', generator, temporary(t));
    const { code, cure } = await problemOf(write(float16, generator, temporary(t)));
    assert.equal(code, 'export-differs');
    assert.match(cure!, /Take precision: float32/);
  });
});

describe('a generator is refused', () => {
  const cases: readonly { what: string; apply: SmallNetwork['apply']; expected: RegExp }[] = [
    { what: 'with an op that is not converted', apply: (x) => tf.cumsum(x, 1), expected: /it has the op Cumsum,/ },
    {
      what: 'with a padding that repeats the border',
      apply: (x) => tf.slice(tf.mirrorPad(x, [[0, 0], [1, 0], [0, 0], [0, 0]], 'symmetric'), [0, 1, 0, 0]), // prettier-ignore
      expected: /it has the op MirrorPad that repeats the border/,
    },
    {
      what: 'with numbers of other types',
      apply: (x) => tf.cast(tf.cast(x, 'int32'), 'float32'),
      expected: /it has the op Cast to numbers of another type/,
    },
  ];
  for (const { what, apply, expected } of cases) {
    test(what, async (t) => {
      const { code, message, cure } = await problemOf(write('onnx', generatorWith({ apply }), temporary(t)));
      assert.equal(code, 'cannot-export');
      assert.match(message, expected);
      assert.match(cure!, /Leave onnx out of export\.formats/);
    });
  }

  test('with weights of more than the 2 GB of a file', async () => {
    const content = { kind: 'weight', weight: 'large', permutation: [0] } as const;
    const graph: OnnxGraph = { nodes: [], initializers: [{ name: 'large', shape: [600_000_000], content }] };
    const encoding = Promise.resolve().then(() => encodeModel(generatorOf(ResNet), graph, [1, 16, 16, 3]));
    const { code, message } = await problemOf(encoding);
    assert.equal(code, 'cannot-export');
    assert.match(message, /its weights have 2\.4 GB, and a file of this format at most 2 GB/);
  });
});

interface Value {
  readonly name: string;
  readonly type: { readonly tensorType: { readonly elemType: number; readonly shape: { readonly dim: Side[] } } };
}
interface Side {
  readonly dimValue?: number;
  readonly dimParam?: string;
}
interface Model {
  readonly irVersion: number;
  readonly opsetImport: readonly { readonly domain: string; readonly version: number }[];
  readonly metadataProps: readonly { readonly key: string; readonly value: string }[];
  readonly graph: {
    readonly node: readonly { name: string; opType: string; input: string[]; output: string[] }[];
    readonly initializer: readonly { name: string; dims: number[]; dataType: number; rawData: Uint8Array }[];
    readonly input: readonly Value[];
    readonly output: readonly Value[];
  };
}

async function model(t: TestContext, generator: ExportedGenerator, format: Reference = 'onnx'): Promise<Model> {
  const dir = temporary(t);
  await write(format, generator, dir);
  return read(join(dir, 'model.onnx'));
}

async function read(path: string): Promise<Model> {
  const type = protobuf.parse(ONNX_PROTO).root.lookupType('ModelProto');
  return type.toObject(type.decode(await readFile(path)), { longs: Number, arrays: true }) as unknown as Model;
}

function valueOf({ name, type: { tensorType } }: Value) {
  return { name, elemType: tensorType.elemType, sides: tensorType.shape.dim };
}

function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

function integers({ initializers }: OnnxGraph, name: string): readonly number[] {
  const { content } = initializers.find((one) => one.name === name)!;
  assert.equal(content.kind, 'int64');
  return content.kind === 'int64' ? content.values : [];
}

function small(name: string): SmallNetwork {
  return SMALL_NETWORKS[name]!;
}
