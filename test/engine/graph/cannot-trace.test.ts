import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { applyAdam } from '../../../src/engine/apply-adam.js';
import { compile } from '../../../src/engine/graph/compile.js';
import { loadTensorFlow } from '../../../src/engine/native.js';
import { nativeOp } from '../../../src/engine/ops.js';
import { dropout, randomKey } from '../../../src/engine/random-tensors.js';
import { problemOf, values } from './rig.js';

before(() => loadTensorFlow());

const x = () => tf.tensor2d([1, 2, 3, 4], [2, 2]);
const trace = (f: (x: Tensor2D) => unknown) =>
  compile(
    {
      f: (_: object, { x }: { readonly x: Tensor2D }) => {
        const y = f(x);
        return (y instanceof Promise ? y : { outputs: { y } }) as { readonly outputs: { readonly y: Tensor } };
      },
    },
    { inputs: { f: { x: { shape: [2, 2] } } } },
  );

/** The line of a marker in a function's source cannot be known; that it is of this file, and not of the engine, can. */
const HERE = /\(.*cannot-trace\.test\.ts:\d+:\d+\)$/;

const REFUSED: Readonly<Record<string, readonly [f: (x: Tensor2D) => unknown, message: RegExp, cure: RegExp]>> = {
  dataSync: [(x) => tf.scalar(x.dataSync()[0]!), /reads the value of a tensor/, /choose with ops \(tf\.where\)/],
  arraySync: [(x) => tf.tensor(x.arraySync()), /reads the value/, /Return the tensor/],
  print: [(x) => (x.print(), x), /reads the value/, /Return the tensor/],
  bufferSync: [(x) => (x.bufferSync(), x), /reads the value/, /Return the tensor/],
  'data that nobody waits for': [(x) => (void x.data().then(() => 0), x), /reads the value/, /Return the tensor/],
  'a value in a gradient': [
    (x) => tf.grad((x: Tensor) => tf.mul(x, tf.square(x).dataSync()[0]!))(x),
    /reads the value/,
    /Return the tensor/,
  ],
  'an asynchronous function': [(x) => Promise.resolve(x), /asynchronous/, /without await/],
  'an asynchronous function that reads': [async (x) => tf.scalar((await x.data())[0]!), /reads the value/, /Return/],
  'an asynchronous function that fails later': [
    () => Promise.reject(new Error('late')),
    /asynchronous/,
    /without await/,
  ],
  'Math.random': [(x) => tf.mul(x, Math.random()), /random numbers in JavaScript/, /randomNormal/],
  'tf.randomNormal': [(x) => tf.add(x, tf.randomNormal([2, 2])), /random numbers in JavaScript/, /by a key/],
  'tf.randomUniform': [(x) => tf.add(x, tf.randomUniform([2, 2])), /random numbers in JavaScript/, /randomUniform/],
  'tf.dropout': [(x) => tf.dropout(x, 0.5), /random numbers in JavaScript/, /dropout/],
  'tf.multinomial': [(x) => tf.multinomial(x, 3, 1), /Multinomial draws other numbers/, /by a key/],
  'a random op of the library': [
    (x) =>
      tf.add(x, nativeOp('RandomStandardNormal', [tf.tensor1d([2, 2], 'int32')], { dtype: { type: 'float32' }, T: { type: 'int32' } })), // prettier-ignore
    /RandomStandardNormal draws other numbers/,
    /by a key/,
  ],
  'tf.unique': [(x) => tf.unique(x).values, /shape .*UniqueV2.* depends on values/, /fixed shape/],
  'a size that is computed': [
    (x) => nativeOp('Fill', [tf.cast(tf.sum(x, 0), 'int32'), tf.scalar(1)], { T: { type: 'float32' }, index_type: { type: 'int32' } }), // prettier-ignore
    /shape .*Fill.* depends on values/,
    /fixed shape/,
  ],
  'tf.whereAsync': [(x) => tf.whereAsync(tf.greater(x, 1)), /reads the value/, /tf\.where/],
  'tf.booleanMaskAsync': [(x) => tf.booleanMaskAsync(x, tf.greater(x, 1)), /reads the value/, /tf\.where/],
  'non-maximum suppression': [
    (x) => tf.image.nonMaxSuppressionWithScore(tf.pad(x, [[0, 0], [0, 2]]), tf.sum(x, 1), 2).selectedIndices, // prettier-ignore
    /shape .*NonMaxSuppressionV5.* depends on values/,
    /fixed shape/,
  ],
  'shapes that do not fit': [
    (x) => nativeOp('AddV2', [x, tf.zeros([3, 5])], { T: { type: 'float32' } }),
    /refuses the op AddV2 of float32 \[2, 2\], float32 \[3, 5\]: .*[Ii]ncompatible shapes: \[2,2\] vs\. \[3,5\]/,
    /Correct the shapes/,
  ],
  'a type that an op does not take': [
    (x) => nativeOp('BatchMatMulV2', [x, tf.zeros([2, 2], 'int32')], { T: { type: 'float32' } }),
    /refuses the op BatchMatMulV2 of float32 \[2, 2\], int32 \[2, 2\]: \S/,
    /Correct the shapes, types/,
  ],
  'an unknown op': [(x) => nativeOp('NoSuchOp', [x], {}), /refuses the op NoSuchOp .*: .*NoSuchOp/, /Correct/],
  'tf.spectral.rfft': [(x) => tf.abs(tf.spectral.rfft(x)), /op \w+ is of complex numbers/, /as two tensors/],
  'tf.complex': [(x) => tf.complex(x, x), /The op Complex is of complex numbers/, /as two tensors/],
  'an op of strings': [
    (x) => nativeOp('StringLength', [nativeOp('AsString', [x], { T: { type: 'float32' } })], {}),
    /The op StringLength takes string that is computed/,
    /before or after/,
  ],
  'a tf.variable that it makes': [
    (x) => tf.add(tf.variable(x, true, 'made_inside'), 1),
    /uses the tf\.variable made_inside|makes the tf\.variable made_inside/,
    /program’s variables/,
  ],
  'a program within a program': [(x) => trace((x) => tf.neg(x)).functions.f({ x }).y, /calls a compiled one/, /Call/],
};

describe('a function that a graph cannot represent is refused with its line and a cure:', () => {
  for (const [what, [f, message, cure]] of Object.entries(REFUSED)) {
    test(what, async () => {
      const before = tf.memory().numTensors;
      const problem = problemOf(() => trace(f));
      // TensorFlow.js itself loses what was saved for a gradient that fails.
      if (!what.includes('gradient')) assert.equal(tf.memory().numTensors, before);
      assert.equal(problem.code, 'cannot-trace');
      assert.match(problem.message, message);
      if (!what.startsWith('an asynchronous function')) assert.match(problem.message, HERE);
      assert.match(problem.cure!, cure);
      assert.match(problem.cure!, /engine\.mode: eager/);
      allIsAsBefore();
      await setImmediate(); // no rejection that nobody handles
    });
  }

  test('the line is that of the caller, not of the engine’s helpers', () => {
    const bare = problemOf(() => trace((x) => dropout(x, 0.5, randomKey(1, 2).dataSync() && (x as never))));
    const line = new Error().stack!.split('\n')[1]!.match(/:(\d+):\d+\)?$/)![1];
    assert.match(bare.message, new RegExp(`cannot-trace\\.test\\.ts:${Number(line) - 1}:\\d+`));
  });

  test('errors of TensorFlow.js itself pass unchanged, and its state is restored', () => {
    const wrong = () => trace((x) => tf.transpose(x, [0]));
    assert.throws(wrong, (error: Error) => {
      assert.match(error.message, /rank of input 2 must match length of perm 0/);
      assert.match(error.stack!, /cannot-trace\.test/);
      return true;
    });
    allIsAsBefore();
  });
});

describe('a tensor kept from a traced function', () => {
  const leak = (): Tensor => {
    let left: Tensor | undefined;
    trace((x) => (left = tf.keep(tf.square(x))));
    return left!;
  };

  test('is disposed of, if it is an output', () => {
    assert.ok(leak().isDisposed);
  });

  const leakInner = (): Tensor => {
    let left: Tensor | undefined;
    trace((x) => ((left = tf.keep(tf.square(x))), tf.neg(x)));
    return left!;
  };

  test('is reported when another function uses it', () => {
    const left = leakInner();
    const { message, cure } = problemOf(() => trace((x) => tf.add(x, left)));
    assert.match(message, /used after the trace/);
    assert.match(message, HERE);
    assert.match(cure!, /as an output/);
    allIsAsBefore();
  });

  test('is reported when another function of the same program uses it', () => {
    let left: Tensor | undefined;
    const program = compile({
      one: (_: object, { x }: { readonly x: Tensor }) => {
        left = tf.keep(tf.square(x));
        return { outputs: { y: tf.neg(x) } };
      },
      other: () => ({ outputs: { y: tf.neg(left!) } }),
    });
    program.functions.one({ x: x() });
    assert.match(problemOf(() => program.functions.other()).message, /used after the trace/);
  });

  test('is reported when eager code uses it', async () => {
    const left = leakInner();
    for (const use of [() => left.dataSync(), () => tf.neg(left)]) {
      const { message } = problemOf(use);
      assert.match(message, /used after the trace/);
      assert.match(message, HERE);
    }
    await assert.rejects(left.data(), /used after the trace/);
  });
});

test('a function that failed can be corrected and called', () => {
  let wrong = true;
  const program = compile(
    {
      f: ({ n }: { readonly n: Scalar }, { x }: { readonly x: Tensor1D }) => {
        const y = tf.mul(x, 2);
        if (wrong) nativeOp('AddV2', [y, tf.zeros([7])], { T: { type: 'float32' } });
        return { variables: { n: tf.add(n, 1) }, outputs: { y } };
      },
    },
    { variables: () => ({ n: tf.scalar(0) }) },
  );
  const call = () => program.functions.f({ x: tf.tensor1d([1, 2]) });
  for (let i = 0; i < 2; i++) {
    const { code, message } = problemOf(call);
    assert.equal(code, 'cannot-trace');
    assert.match(
      message,
      /refuses the op AddV2 of float32 \[2\], float32 \[7\]: .*[Ii]ncompatible shapes: \[2\] vs\. \[7\]/,
    );
    assert.match(message, HERE);
  }
  wrong = false;
  assert.deepEqual(values(call().y), [2, 4]);
  assert.deepEqual(values(program.read().n), [1]);
});

test('a function whose graph TensorFlow refuses does not change the other functions and the variables', () => {
  const program = compile(
    {
      add: ({ n }: { readonly n: Scalar }) => ({ variables: { n: tf.add(n, 1) } }),
      // Its shape is known without asking; that its type is not that of the input is found when the graph is read.
      wrong: (_: object, { x }: { readonly x: Tensor1D }) => ({
        outputs: { y: nativeOp('Neg', [x], { T: { type: 'int32' } }) },
      }),
    },
    { variables: () => ({ n: tf.scalar(0) }) },
  );
  program.functions.add();
  const { numTensors } = tf.memory();
  const x = tf.tensor1d([1, 2]);
  for (let i = 0; i < 2; i++)
    assert.throws(() => program.functions.wrong({ x }), /was passed float from .* incompatible with expected int32/);
  assert.equal(tf.memory().numTensors, numTensors + 1);
  program.functions.add();
  assert.deepEqual(values(program.read().n), [2]);
});

test('a failing run leaves the program usable and the variables unchanged', () => {
  const program = compile(
    {
      f: ({ n }: { readonly n: Scalar }, { at }: { readonly at: Tensor1D }) => {
        const row = tf.gather(tf.tensor1d([10, 20]), at);
        return { variables: { n: tf.add(n, tf.sum(row)) } };
      },
    },
    { variables: () => ({ n: tf.scalar(0) }) },
  );
  program.functions.f({ at: tf.tensor1d([1], 'int32') });
  assert.throws(() => program.functions.f({ at: tf.tensor1d([9], 'int32') }), /not in \[0, 2\)/);
  program.functions.f({ at: tf.tensor1d([0], 'int32') });
  assert.deepEqual(values(program.read().n), [30]);
});

interface Indexed {
  readonly at: Tensor1D;
}
const one = () => tf.scalar(1);
const rates = () => {
  return { learningRate: one(), beta1: one(), beta2: one(), beta1Power: one(), beta2Power: one(), epsilon: one() };
};

/** Functions that change `a` beside something that may fail. */
const HALVES = {
  'an output': ({ a }: State, { at }: Indexed) => {
    return { variables: { a: tf.add(a, 1) }, outputs: { row: tf.gather(tf.tensor1d([10, 20]), at) } };
  },
  'an output beside an update in place': ({ a, b, c }: State, { at }: Indexed) => {
    const { weight } = applyAdam({ weight: a, m: b, v: c }, tf.scalar(1), rates());
    return { variables: { a: weight }, outputs: { row: tf.gather(tf.tensor1d([10, 20]), at), weight } };
  },
  'the new value of another variable': ({ a, b }: State, { at }: Indexed) => {
    return { variables: { a: tf.add(a, 1), b: tf.add(b, tf.sum(tf.gather(tf.tensor1d([10, 20]), at))) } };
  },
};
interface State {
  readonly a: Scalar;
  readonly b: Scalar;
  readonly c: Scalar;
}

describe('a call updates all variables or none', () => {
  for (const [what, f] of Object.entries(HALVES)) {
    test(`when ${what} fails`, () => {
      const variables = () => ({ a: tf.scalar(1), b: tf.scalar(2), c: tf.scalar(3) });
      const program = compile({ f: f }, { variables });
      // Again and again: what comes first is a matter of luck.
      for (let i = 0; i < 20; i++) {
        assert.throws(() => program.functions.f({ at: tf.tensor1d([9], 'int32') }), /not in \[0, 2\)/);
        assert.deepEqual(Object.values(program.read()).map(values), [[1], [2], [3]]); // prettier-ignore
      }
      program.functions.f({ at: tf.tensor1d([0], 'int32') });
      assert.notDeepEqual(values(program.read().a), [1]);
    });
  }
});

function allIsAsBefore(): void {
  assert.equal(tf.getBackend(), 'tensorflow');
  const { random } = Math;
  assert.ok(random() < 1);
  assert.equal(tf.engine().state.gradientDepth, 0);
  assert.equal(tf.engine().state.scopeStack.length, 0);
  assert.deepEqual(values(tf.tidy(() => tf.grad((x: Tensor) => tf.sum(tf.square(x)))(x()).clone()).as1D()), [2, 4, 6, 8]); // prettier-ignore
  assert.deepEqual(values(trace((x) => tf.neg(x)).functions.f({ x: x() }).y), [-1, -2, -3, -4]);
}
