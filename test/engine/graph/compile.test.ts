import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Rank, Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { compile } from '../../../src/engine/graph/compile.js';
import { loadTensorFlow } from '../../../src/engine/native.js';
import { dropout, foldKey, randomKey, randomNormal, type Key } from '../../../src/engine/random-tensors.js';
import { values } from './rig.js';

before(() => loadTensorFlow());

interface Pair {
  readonly a: Scalar;
  readonly b: Scalar;
}
const pair = (): Pair => ({ a: tf.scalar(1), b: tf.scalar(2) });
const numbers = ({ a, b }: Pair) => [...values(a), ...values(b)];

describe('the functions of a program', () => {
  test('share its variables', () => {
    const { functions } = compile(
      {
        add: ({ a }: Pair, { x }: { readonly x: Scalar }) => ({ variables: { a: tf.add(a, x) } }),
        sum: ({ a, b }: Pair) => ({ outputs: { sum: tf.add(a, b) } }),
      },
      { variables: pair },
    );
    functions.add({ x: tf.scalar(10) });
    functions.add({ x: tf.scalar(100) });
    assert.deepEqual(values(functions.sum().sum), [113]);
  });

  test('compute gradients as eager code does', () => {
    const loss = (w: Tensor2D, x: Tensor2D) => tf.mean<Scalar>(tf.square(tf.softmax(tf.tanh(tf.matMul(x, w)))));
    const gradient = (w: Tensor2D, x: Tensor2D) => tf.grad((w: Tensor) => loss(w as Tensor2D, x))(w);
    const w = () => randomNormal<Rank.R2>([3, 4], randomKey(1, 0));
    const x = randomNormal<Rank.R2>([5, 3], randomKey(2, 0));
    const { functions } = compile(
      {
        gradient: ({ w }: { readonly w: Tensor2D }, { x }: { readonly x: Tensor2D }) => ({
          outputs: { loss: loss(w, x), gradient: gradient(w, x) },
        }),
      },
      { variables: () => ({ w: w() }) },
    );
    const traced = functions.gradient({ x });
    near(values(traced.loss), values(loss(w(), x)));
    near(values(traced.gradient), values(gradient(w(), x)));
  });

  test('need neither variables nor inputs nor outputs', () => {
    const { functions } = compile({
      double: (_: object, { x }: { readonly x: Tensor1D }) => ({ outputs: { x: tf.mul(x, 2) } }),
      constant: () => ({ outputs: { one: tf.scalar(1) } }),
      nothing: () => ({}),
    });
    assert.deepEqual(values(functions.double({ x: tf.tensor1d([1, 2]) }).x), [2, 4]);
    assert.deepEqual(values(functions.constant().one), [1]);
    assert.deepEqual(functions.nothing(), {});
  });

  test('accept lists of any length, each with its own trace, and refuse other names within them', () => {
    interface Parts {
      readonly xs: readonly { readonly x: Scalar }[];
    }
    const program = compile({
      sum: (_: object, { xs }: Parts) => ({ outputs: { sum: tf.addN([tf.scalar(0), ...xs.map(({ x }) => x)]) } }),
    });
    const sum = (...numbers: number[]) =>
      values(program.functions.sum({ xs: numbers.map((number) => ({ x: tf.scalar(number) })) }).sum);
    assert.deepEqual([sum(1, 2), sum(1, 2, 3), sum(4, 5), sum(7)], [[3], [6], [9], [7]]); // prettier-ignore
    assert.equal(program.traces, 3);
    const wrong = { xs: [{ y: tf.scalar(1) }] } as unknown as Parts;
    assert.throws(() => program.functions.sum(wrong), /takes the inputs xs\/\*\/x.*xs\/\*\/y is not known/);
  });

  test('accept and return trees, lists and names with slashes', () => {
    const program = compile(
      {
        f: (
          v: { readonly 'G/conv': { readonly kernel: Scalar }; readonly list: readonly Scalar[] },
          input: { readonly 'x/y': Scalar; readonly deep: { readonly z: Scalar }; readonly pair: [Scalar, Scalar] },
        ) => ({
          variables: { 'G/conv': { kernel: tf.add(v['G/conv'].kernel, input['x/y']) } },
          outputs: {
            'sum/all': tf.addN<Scalar>([v['G/conv'].kernel, ...v.list, input.deep.z, ...input.pair]),
            list: [input.deep.z, { again: input['x/y'] }] as const,
          },
        }),
      },
      { variables: () => ({ 'G/conv': { kernel: tf.scalar(1) }, list: [tf.scalar(2), tf.scalar(3)] }) },
    );
    const input = { 'x/y': tf.scalar(10), deep: { z: tf.scalar(20) }, pair: [tf.scalar(30), tf.scalar(40)] as [Scalar, Scalar] }; // prettier-ignore
    const outputs = program.functions.f(input);
    assert.deepEqual(values(outputs['sum/all']), [96]);
    assert.ok(Array.isArray(outputs.list));
    assert.deepEqual([values(outputs.list[0]), values(outputs.list[1].again)], [[20], [10]]);
    const state = program.read();
    assert.ok(Array.isArray(state.list));
    assert.deepEqual([values(state['G/conv'].kernel), ...state.list.map(values)], [[11], [2], [3]]);
  });

  test('work on scalars, int32 and bool', () => {
    const program = compile(
      {
        f: (
          { n, flag }: { readonly n: Scalar; readonly flag: Tensor1D },
          { i, truth }: { readonly i: Tensor1D; readonly truth: Tensor1D },
        ) => ({
          variables: { n: tf.add(n, tf.sum<Scalar>(i)), flag: tf.logicalXor(flag, truth) },
          outputs: { i: tf.mul(i, n), truth: tf.logicalNot(truth), chosen: tf.where(truth, i, tf.neg(i)) },
        }),
      },
      { variables: () => ({ n: tf.scalar(5, 'int32'), flag: tf.tensor1d([true, false], 'bool') }) },
    );
    const { i, truth, chosen } = program.functions.f({
      i: tf.tensor1d([3, 4], 'int32'),
      truth: tf.tensor1d([true, true], 'bool'),
    });
    assert.deepEqual([i.dtype, values(i)], ['int32', [15, 20]]);
    assert.deepEqual([truth.dtype, values(truth)], ['bool', [0, 0]]);
    assert.deepEqual(values(chosen), [3, 4]);
    const { n, flag } = program.read();
    assert.deepEqual([n.dtype, values(n), flag.dtype, values(flag)], ['int32', [12], 'bool', [0, 1]]);
  });

  test('add axes, of every type', () => {
    const { functions } = compile({
      f: (_: object, { x, i }: { readonly x: Tensor1D; readonly i: Tensor1D }) => ({
        outputs: { column: tf.expandDims(x, -1), row: tf.expandDims(i), truth: tf.expandDims(tf.greater(x, 1), 0) },
      }),
    });
    const { column, row, truth } = functions.f({ x: tf.tensor1d([1, 2]), i: tf.tensor1d([3, 4, 5], 'int32') });
    assert.deepEqual([column.shape, values(column)], [[2, 1], [1, 2]]); // prettier-ignore
    assert.deepEqual([row.shape, row.dtype, values(row)], [[1, 3], 'int32', [3, 4, 5]]);
    assert.deepEqual([truth.shape, values(truth)], [[1, 2], [0, 1]]); // prettier-ignore
  });

  test('gather rows by traced indices, and differentiate by the table', () => {
    const lookUp = (table: Tensor, at: Tensor1D) => tf.gather(table, at);
    const { functions } = compile({
      f: (_: object, { table, at }: { readonly table: Tensor2D; readonly at: Tensor1D }) => ({
        outputs: {
          rows: lookUp(table, at),
          gradient: tf.grad((table: Tensor) => tf.sum(tf.square(lookUp(table, at))))(table),
        },
      }),
    });
    const table = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
    const { rows, gradient } = functions.f({ table, at: tf.tensor1d([2, 0, 2], 'int32') });
    assert.deepEqual(values(rows), [5, 6, 1, 2, 5, 6]);
    assert.deepEqual(values(gradient), [2, 4, 0, 0, 20, 24]);
  });
});

describe('a function reads the variables before its updates', () => {
  test('when two variables are swapped', () => {
    const swap = compile({ swap: ({ a, b }: Pair) => ({ variables: { a: b, b: a } }) }, { variables: pair });
    swap.functions.swap();
    assert.deepEqual(numbers(swap.read()), [2, 1]);
    swap.functions.swap();
    assert.deepEqual(numbers(swap.read()), [1, 2]);
  });

  test('when each is computed from the old value of the other, along paths of different length', () => {
    const program = compile(
      {
        step: ({ a, b }: Pair) => {
          let slow: Tensor = a;
          for (let i = 0; i < 50; i++) slow = tf.sqrt(tf.square(slow));
          return { variables: { a: tf.add(b, 10), b: tf.add(slow, 100) }, outputs: { a, b } };
        },
      },
      { variables: pair },
    );
    assert.deepEqual(numbers(program.functions.step()), [1, 2]);
    assert.deepEqual(numbers(program.read()), [12, 101]);
    assert.deepEqual(numbers(program.functions.step()), [12, 101]);
    assert.deepEqual(numbers(program.read()), [111, 112]);
  });

  test('when two variables share a value', () => {
    const program = compile(
      {
        copy: ({ a }: Pair) => ({ variables: { b: a } }),
        grow: ({ a }: Pair) => ({ variables: { a: tf.add(a, 1) } }),
      },
      { variables: pair },
    );
    program.functions.copy();
    program.functions.grow();
    assert.deepEqual(numbers(program.read()), [2, 1]);
  });

  test('and independently of variables of the same name in another program', () => {
    const grow = () => compile({ grow: ({ a }: Pair) => ({ variables: { a: tf.add(a, 1) } }) }, { variables: pair });
    const [one, other] = [grow(), grow()];
    one.functions.grow();
    other.read();
    one.functions.grow();
    assert.deepEqual([numbers(one.read()), numbers(other.read())], [[3, 2], [1, 2]]); // prettier-ignore
  });
});

describe('randomness by key', () => {
  const draw = (key: Key) => dropout(randomNormal<Rank.R1>([50], foldKey(key, 'pass', 3)), 0.5, key);

  test('gives the numbers of eager code, different at each step and repeatable', () => {
    const { functions } = compile({
      draw: (_: object, { step }: { readonly step: Scalar }) => ({
        outputs: { x: draw(tf.stack([tf.scalar(7, 'int32'), step]) as Key) },
      }),
    });
    const at = (step: number) => values(functions.draw({ step: tf.scalar(step, 'int32') }).x);
    assert.deepEqual(at(1), values(draw(randomKey(7, 1))));
    assert.deepEqual(at(2), values(draw(randomKey(7, 2))));
    assert.notDeepEqual(at(1), at(2));
    assert.deepEqual(at(1), at(1));
  });
});

describe('tracing', () => {
  const counting = () => {
    let runs = 0;
    const program = compile(
      {
        f: ({ total }: { readonly total: Scalar }, { x }: { readonly x: Tensor }) => {
          runs++;
          return { variables: { total: tf.add(total, tf.sum(x)) } };
        },
      },
      { variables: () => ({ total: tf.scalar(0) }) },
    );
    return { program, runs: () => runs };
  };

  test('happens again only for other shapes and types, and keeps the variables', () => {
    const { program, runs } = counting();
    const { f } = program.functions;
    f({ x: tf.tensor1d([1, 2]) });
    f({ x: tf.tensor1d([3, 4]) });
    assert.deepEqual([program.traces, runs()], [1, 1]);
    f({ x: tf.tensor1d([5, 6, 7]) });
    f({ x: tf.tensor2d([8, 9], [1, 2]) });
    f({ x: tf.tensor1d([10, 20], 'int32') });
    assert.deepEqual([program.traces, runs()], [4, 4]);
    f({ x: tf.tensor1d([1, 2]) });
    f({ x: tf.tensor1d([5, 6, 7]) });
    assert.deepEqual([program.traces, runs()], [4, 4]);
    assert.deepEqual(values(program.read().total), [1 + 2 + 3 + 4 + 18 + 17 + 30 + 3 + 18]);
  });

  test('happens at once for declared inputs, in any order of their names', () => {
    const program = compile(
      {
        f: (_: object, { x, y }: { readonly x: Tensor; readonly y: { readonly z: Tensor } }) => ({
          outputs: { sum: tf.add(x, tf.cast(y.z, 'float32')) },
        }),
      },
      { inputs: { f: { y: { z: { shape: [2], dtype: 'int32' } }, x: { shape: [2] } } } },
    );
    assert.equal(program.traces, 1);
    const [x, y] = [tf.tensor1d([1, 2]), { z: tf.tensor1d([3, 4], 'int32') }];
    assert.deepEqual(values(program.functions.f({ x, y }).sum), [4, 6]);
    program.functions.f({ y, x });
    assert.equal(program.traces, 1);
  });

  test('of a function with other names for its inputs is refused, with both in the message', () => {
    const { program } = counting();
    const f = program.functions.f as (inputs: object) => object;
    f({ x: tf.scalar(1) });
    const message = (inputs: object) => messageOf(() => f(inputs));
    assert.match(
      message({ x: tf.scalar(1), z: tf.scalar(1) }),
      /function f takes the inputs x, and was given x, z: z is not known/,
    );
    assert.match(message({}), /takes the inputs x, and was given none: x is missing/);
    assert.match(message({ y: tf.scalar(1) }), /x is missing, y is not known/);
    assert.match(
      message({ x: 3 }),
      /inputs of the compiled function f must be tensors: x is not a tensor, but a number/,
    );
    assert.deepEqual(values(program.read().total), [1]);
  });

  test('omits ops that no output needs', () => {
    const pick = (what: 'row' | 'all') =>
      compile({
        f: (_: object, { table, at }: { readonly table: Tensor1D; readonly at: Tensor1D }) => {
          const row = tf.gather(table, at); // fails where there is no such row
          return { outputs: { x: what === 'row' ? row : tf.sum(table) } };
        },
      }).functions.f({ table: tf.tensor1d([1, 2]), at: tf.tensor1d([5], 'int32') });
    assert.throws(() => pick('row'), /not in \[0, 2\)/);
    assert.deepEqual(values(pick('all').x), [3]);
  });

  test('refuses a value for an unknown variable, or of another shape', () => {
    const run = (change: (state: Pair) => object) =>
      messageOf(() =>
        compile({ f: (state: Pair) => ({ variables: change(state) }) }, { variables: pair }).functions.f(),
      );
    assert.match(
      run(({ a }) => ({ c: a })),
      /function f gives a value to c, which is not a variable/,
    );
    assert.match(
      run(() => ({ a: tf.tensor1d([1, 2]) })),
      /gives a, float32 \[\], a value of float32 \[2\]/,
    );
    assert.match(
      run(() => ({ a: 3 })),
      /a is not a tensor, but a number/,
    );
    assert.match(
      messageOf(() => compile({ f: () => tf.scalar(1) as never }).functions.f()),
      /must return \{ outputs, variables \}/,
    );
  });

  test('refuses two tensors of the same name', () => {
    const variables = () => ({ 'a/b': tf.scalar(1), a: { b: tf.scalar(2) } });
    assert.match(
      messageOf(() => compile({}, { variables })),
      /Two tensors have the name a\/b/,
    );
  });
});

describe('memory', () => {
  test('does not grow with calls or traces, and the caller owns the outputs', () => {
    const outside = tf.tensor1d([1, 2]);
    const program = compile(
      {
        f: ({ a }: Pair, { x }: { readonly x: Tensor }) => {
          const kept = tf.keep(tf.square(x));
          return { variables: { a: tf.add(a, 1) }, outputs: { kept, twice: kept, outside, sum: tf.sum(x) } };
        },
      },
      { variables: pair },
    );
    const call = (size: number) => {
      const x = tf.ones([size]);
      tf.dispose([x, program.functions.f({ x })]);
    };
    const before = tf.memory();
    call(1);
    for (let i = 0; i < 5; i++) call(1);
    for (let size = 2; size < 6; size++) call(size);
    tf.dispose({ ...program.read() });
    assert.deepEqual([tf.memory().numTensors, tf.memory().numDataBuffers], [before.numTensors, before.numDataBuffers]);
    assert.equal(tf.memory().numBytes, before.numBytes);
    assert.deepEqual(values(outside), [1, 2]);
    const outputs = program.functions.f({ x: tf.ones([1]) });
    program.dispose();
    assert.deepEqual(values(outputs.outside), [1, 2]);
  });

  test('of a program that was disposed of cannot be used', () => {
    const program = compile({ f: ({ a }: Pair) => ({ outputs: { a } }) }, { variables: pair });
    program.functions.f();
    program.dispose();
    program.dispose();
    for (const use of [() => program.functions.f(), () => program.read(), () => program.initialize()]) {
      assert.match(messageOf(use), /disposed of/);
    }
  });
});

function near(actual: readonly number[], expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  for (const [i, value] of actual.entries())
    assert.ok(Math.abs(value - expected[i]!) < 1e-6, `${value}, ${expected[i]}`);
}

function messageOf(f: () => unknown): string {
  try {
    f();
  } catch (error) {
    return (error as Error).message;
  }
  return assert.fail('nothing was thrown');
}
