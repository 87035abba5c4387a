import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import { compile } from '../../../src/engine/graph/compile.js';
import { readVariables, writeVariables } from '../../../src/engine/graph/variables-file.js';
import { loadTensorFlow } from '../../../src/engine/native.js';
import { temporaryPrefix, values } from './rig.js';

before(() => loadTensorFlow());

interface Model {
  readonly layers: { readonly 'first/kernel': Tensor1D };
  readonly steps: Scalar;
}
const start = (): Model => ({ layers: { 'first/kernel': tf.tensor1d([1, 2, 3]) }, steps: tf.scalar(0, 'int32') });
const build = () =>
  compile(
    {
      step: ({ layers, steps }: Model) => ({
        variables: {
          layers: { 'first/kernel': tf.mul(layers['first/kernel'], 2) },
          steps: tf.add(steps, tf.scalar(1, 'int32')),
        },
      }),
    },
    { variables: start },
  );
const read = (program: ReturnType<typeof build>) => {
  const { layers, steps } = program.read();
  return [...values(layers['first/kernel']), ...values(steps)];
};

describe('the variables of a program', () => {
  test('start from their initial values, and again after initialize', () => {
    const program = build();
    assert.deepEqual(read(program), [1, 2, 3, 0]);
    program.functions.step();
    assert.deepEqual(read(program), [2, 4, 6, 1]);
    program.initialize();
    assert.deepEqual(read(program), [1, 2, 3, 0]);
  });

  test('can be assigned values, which stay the caller’s', () => {
    const program = build();
    const given: Model = { layers: { 'first/kernel': tf.tensor1d([7, 8, 9]) }, steps: tf.scalar(40, 'int32') };
    program.assign(given);
    program.functions.step();
    assert.deepEqual(read(program), [14, 16, 18, 41]);
    assert.deepEqual(values(given.layers['first/kernel']), [7, 8, 9]);
  });

  test('refuse values of another shape or type, or too few, and stay unchanged', () => {
    const program = build();
    program.functions.step();
    const { layers, steps } = start();
    const longer = { layers: { 'first/kernel': tf.tensor1d([1]) }, steps };
    assert.throws(
      () => program.assign(longer),
      /layers\/first\/kernel takes float32 \[3\], and was given float32 \[1\]/,
    );
    assert.throws(
      () => program.assign({ layers, steps: tf.scalar(1) }),
      /steps takes int32 \[\], and was given float32 \[\]/,
    );
    assert.throws(() => program.assign({ layers } as never), /steps takes int32 \[\], and was given nothing/);
    assert.deepEqual(read(program), [2, 4, 6, 1]);
  });

  test('do not change the tensors that were read from them', () => {
    const program = build();
    const before = program.read();
    program.functions.step();
    assert.deepEqual(values(before.layers['first/kernel']), [1, 2, 3]);
  });
});

describe('a checkpoint', () => {
  test('restores the saved state in another program or the same one', (t) => {
    const prefix = temporaryPrefix(t);
    const program = build();
    program.functions.step();
    program.save(prefix);
    program.functions.step();
    program.restore(prefix);
    assert.deepEqual(read(program), [2, 4, 6, 1]);
    const other = build();
    other.restore(prefix);
    other.functions.step();
    assert.deepEqual(read(other), [4, 8, 12, 2]);
  });

  test('keeps every bit', (t) => {
    const prefix = temporaryPrefix(t);
    const odd = [NaN, Infinity, -Infinity, -0, 1e-45, 0.1, 3.4028234663852886e38];
    writeVariables(prefix, { odd: tf.tensor1d(odd) });
    const bits = (x: Float32Array) => [...new Uint32Array(x.buffer, x.byteOffset, x.length)];
    const { odd: found } = readVariables(prefix, () => ({ odd: tf.zeros([7]) }));
    assert.deepEqual(bits(found.dataSync<'float32'>()), bits(Float32Array.from(odd)));
  });

  test('can contain int32 and bool', (t) => {
    const prefix = temporaryPrefix(t);
    const like = () => ({ n: tf.tensor1d([0, 0], 'int32'), flag: tf.scalar(false, 'bool') });
    writeVariables(prefix, { n: tf.tensor1d([3, -4], 'int32'), flag: tf.scalar(true, 'bool') });
    const { n, flag } = readVariables(prefix, like);
    assert.deepEqual([n.dtype, values(n), flag.dtype, values(flag)], ['int32', [3, -4], 'bool', [1]]);
  });

  test('can be restored by a program with fewer variables', (t) => {
    const prefix = temporaryPrefix(t);
    build().save(prefix);
    const { layers } = readVariables(prefix, () => ({ layers: { 'first/kernel': tf.zeros([3]) } }));
    assert.deepEqual(values(layers['first/kernel']), [1, 2, 3]);
  });

  const DATA = '.data-00000-of-00001';
  const CASES: Readonly<Record<string, readonly [spoil: (prefix: string) => void, reason: RegExp]>> = {
    'is missing': [(prefix) => rmSync(`${prefix}.index`), /Failed to find any matching files for /],
    'has lost its data': [(prefix) => rmSync(prefix + DATA), /model\.data-00000-of-00001; No such file or directory/],
    'has a cut index': [
      (prefix) => writeFileSync(`${prefix}.index`, readFileSync(`${prefix}.index`).subarray(0, 40)),
      /file is too short to be an sstable/,
    ],
    'has cut data': [(prefix) => cut(prefix + DATA), /Read less bytes than requested/],
    'has a flipped bit': [(prefix) => flip(prefix + DATA), /Checksum does not match/],
    'has another model’s data': [
      (prefix) => {
        writeVariables(`${prefix}-other`, { x: tf.ones([100]) });
        copyFileSync(`${prefix}-other${DATA}`, prefix + DATA);
      },
      /Checksum does not match/,
    ],
    'lacks a variable': [
      (prefix) => writeVariables(prefix, { layers: { 'first/kernel': tf.ones([3]) } }),
      /Key steps not found in checkpoint/,
    ],
    'has another shape': [
      (prefix) => writeVariables(prefix, { layers: { 'first/kernel': tf.ones([3]) }, steps: tf.ones([1], 'int32') }),
      /Shape of tensor \S+ \[1\] is not compatible with expected shape \[\]/,
    ],
    'has another type': [
      (prefix) => writeVariables(prefix, { layers: { 'first/kernel': tf.ones([3]) }, steps: tf.scalar(9) }),
      /steps; expected dtype int32 does not equal original dtype float/,
    ],
  };
  for (const [what, [spoil, reason]] of Object.entries(CASES)) {
    test(`that ${what} is refused, and the variables stay unchanged`, (t) => {
      const prefix = temporaryPrefix(t);
      const program = build();
      program.save(prefix);
      spoil(prefix);
      program.functions.step();
      assert.throws(() => program.restore(prefix), reason);
      assert.deepEqual(read(program), [2, 4, 6, 1]);
      const fresh = build();
      assert.throws(() => fresh.restore(prefix), reason);
      assert.deepEqual(read(fresh), [1, 2, 3, 0]);
    });
  }
});

function cut(file: string): void {
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.subarray(0, bytes.length - 2));
}

function flip(file: string): void {
  const bytes = readFileSync(file);
  bytes[5]! ^= 4;
  writeFileSync(file, bytes);
}
