import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { before, describe, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import type { Rank, Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { compile, type ProgramFunctions } from '../../../../src/engine/graph/compile.js';
import { loadTensorFlow } from '../../../../src/engine/native.js';
import { randomKey, randomNormal } from '../../../../src/engine/random-tensors.js';
import { findEngine } from '../../../../src/support/engine-files.js';
import { values } from '../rig.js';

/** XLA's loader of programs for processors warns of two settings of its own compiler, in thousands of letters. */
process.env['TF_CPP_MIN_LOG_LEVEL'] = '3';
before(() => loadTensorFlow());

/** Compiles one function with XLA; `told`: what was said of what XLA does not compile. */
function compiled<F extends ProgramFunctions<{ w: Tensor1D }>>(functions: F) {
  const told: string[] = [];
  const program = compile(functions, {
    variables: () => ({ w: tf.tensor1d([1, 2, 3]) }),
    xla: {
      functions: Object.keys(functions),
      onFailure: (name, reason) => told.push(`${name}: ${reason}`),
    },
  });
  return { program, told };
}

describe('a function that XLA compiles', () => {
  test('reads variables, updates them and returns what it does op by op', () => {
    const functions = {
      step: ({ w }: { w: Tensor1D }, { x }: { x: Tensor1D }) => ({
        outputs: { before: w, product: tf.mul(w, x), total: tf.sum(tf.mul(w, x)) },
        variables: { w: tf.add<Tensor1D>(w, x) },
      }),
    };
    const { program, told } = compiled(functions);
    const x = tf.tensor1d([10, 20, 30]);
    for (const expected of [
      [1, 2, 3],
      [11, 22, 33],
    ]) {
      const { before, product, total } = program.functions.step({ x });
      assert.deepEqual(values(before), expected);
      assert.deepEqual(values(product), expected.map((w, i) => w * 10 * (i + 1))); // prettier-ignore
      assert.deepEqual(values(total), [expected.reduce((sum, w, i) => sum + w * 10 * (i + 1), 0)]);
    }
    assert.deepEqual(values(program.read().w), [21, 42, 63]);
    assert.deepEqual(told, []);
  });

  test('draws the numbers that TensorFlow draws, which are not those of XLA', () => {
    const draw = { draw: (_: object, { key }: { key: Tensor1D }) => ({ outputs: { drawn: tf.mul(randomNormal<Rank.R1>([64], tf.add(key, tf.scalar(1, 'int32'))), 2) } }) }; // prettier-ignore
    const { program, told } = compiled(draw);
    const { drawn } = program.functions.draw({ key: randomKey(3, 4) });
    assert.deepEqual(values(drawn), values(tf.mul(randomNormal([64], randomKey(4, 5)), 2)));
    assert.deepEqual(told, []);
  });

  test('may use every output of an op, and lists of outputs', () => {
    const split = { split: (_: object, { x }: { x: Tensor4D }) => {
      const parts = tf.split(x, 3, 3);
      const { values: top, indices } = tf.topk(tf.reshape(x, [-1]), 2);
      return { outputs: { last: parts[2]!, first: parts[0]!, top, indices } };
    } }; // prettier-ignore
    const { program, told } = compiled(split);
    const x = tf.tensor4d([5, 1, 4, 2, 3, 0], [1, 1, 2, 3]);
    const { last, first, top, indices } = program.functions.split({ x });
    assert.deepEqual([last, first, top, indices].map(values), [[4, 0], [5, 2], [5, 4], [0, 2]]); // prettier-ignore
    assert.deepEqual(told, []);
  });

  test('leaves an input that is returned as it is', () => {
    const { program } = compiled({ same: (_: object, { x }: { x: Tensor1D }) => ({ outputs: { x } }) });
    assert.deepEqual(values(program.functions.same({ x: tf.tensor1d([7]) }).x), [7]);
  });

  test('is traced again for inputs of another shape, and keeps the variables', () => {
    const { program, told } = compiled({
      add: ({ w }: { w: Tensor1D }, { x }: { x: Tensor }) => ({ outputs: { y: tf.sum(x) }, variables: { w: tf.add<Tensor1D>(w, tf.sum(x)) } }), // prettier-ignore
    });
    program.functions.add({ x: tf.tensor1d([1]) });
    program.functions.add({ x: tf.tensor1d([1, 1]) });
    assert.deepEqual([values(program.read().w), program.traces, told], [[4, 5, 6], 2, []]);
  });
});

describe('what XLA does not compile runs op by op, and is told once', () => {
  const crop = {
    crop: ({ w }: { w: Tensor1D }, { x }: { x: Tensor4D }) => {
      const [boxes, box] = [tf.tensor2d([[0, 0, 1, 1]]), tf.tensor1d([0], 'int32')];
      return {
        outputs: { y: tf.image.cropAndResize(x, boxes, box, [1, 1]) },
        variables: { w: tf.add<Tensor1D>(w, 1) },
      };
    },
  };

  test('because XLA has not one of its ops', () => {
    const { program, told } = compiled(crop);
    const x = tf.ones<Rank.R4>([1, 2, 2, 1]);
    assert.deepEqual([1, 2].map(() => values(program.functions.crop({ x }).y)), [[1], [1]]); // prettier-ignore
    assert.deepEqual(values(program.read().w), [3, 4, 5]);
    assert.deepEqual(told, ['crop: XLA is not known to have CropAndResize']);
  });

  test('but not an error that it has op by op, too', () => {
    const { program, told } = compiled({
      gather: (_: object, { i }: { i: Tensor1D }) => ({ outputs: { y: tf.reshape(tf.oneHot(i, 2), [4]) } }),
    });
    assert.throws(() => program.functions.gather({ i: tf.tensor1d([0, 1, 1], 'int32') }));
    assert.deepEqual(told, []);
  });
});

describe('the programs that XLA has compiled', () => {
  test('are kept in the user’s cache, in a folder of the engine and the kind of machine', (t) => {
    const cache = cacheIn(t);
    assert.deepEqual(start(cache), { result: [3, 5], told: [] });
    const folders = readdirSync(join(cache, 'cyclegan-runner', 'xla'));
    assert.equal(folders.length, 1);
    assert.match(folders[0]!, /tensorflow.*-[0-9a-f]{12}$/);
    assert.equal(programs(cache).length, 1);
  });

  test('are read by the next start', (t) => {
    const cache = cacheIn(t);
    start(cache);
    const [file] = programs(cache);
    const written = statSync(file!).mtimeMs;
    assert.deepEqual(start(cache).result, [3, 5]);
    assert.deepEqual([programs(cache), statSync(file!).mtimeMs], [[file], written]);
    // It would not notice what it does not read.
    truncateSync(file!, 100);
    assert.deepEqual(start(cache), { result: [3, 5], told: [] });
    assert.ok(statSync(file!).size > 100, 'the damaged program is compiled again');
  });

  test('are compiled at each start where there can be no folder', (t) => {
    const cache = cacheIn(t);
    writeFileSync(join(cache, 'cyclegan-runner', 'xla'), 'in the way');
    assert.deepEqual(start(cache), { result: [3, 5], told: [] });
  });

  test('lie where TF_XLA_FLAGS says, if it does', (t) => {
    const cache = cacheIn(t);
    const own = join(cache, 'own');
    start(cache, { TF_XLA_FLAGS: `--tf_xla_persistent_cache_directory=${own}` });
    assert.deepEqual([programs(cache).length, readdirSync(own).length], [0, 1]);
  });
});

/** A cache with this process's engine, and nothing else. */
function cacheIn(t: TestContext): string {
  const cache = mkdtempSync(join(tmpdir(), 'xla-'));
  t.after(() => rmSync(cache, { recursive: true, force: true }));
  mkdirSync(join(cache, 'cyclegan-runner'));
  symlinkSync(dirname(findEngine()!.folder), join(cache, 'cyclegan-runner', 'engines'));
  return cache;
}

function programs(cache: string): string[] {
  const root = join(cache, 'cyclegan-runner', 'xla');
  if (!existsSync(root)) return [];
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.pb')).map((name) => join(root, name));
}

/** Compiles and runs a function in a process of its own, as TensorFlow reads its settings once. */
function start(cache: string, env: NodeJS.ProcessEnv = {}): { result: number[]; told: string[] } {
  const at = (file: string) => JSON.stringify(new URL(`../../../../src/engine/${file}`, import.meta.url).href);
  const source = `
    import * as tf from '@tensorflow/tfjs-core';
    import { compile } from ${at('graph/compile.js')};
    import { loadTensorFlow } from ${at('native.js')};
    await loadTensorFlow();
    const told = [];
    const f = (_, { x }) => ({ outputs: { y: tf.add(tf.mul(x, 2), 1) } });
    const xla = { functions: ['f'], onFailure: (_, reason) => told.push(reason) };
    const { y } = compile({ f }, { xla }).functions.f({ x: tf.tensor1d([1, 2]) });
    console.log(JSON.stringify({ result: Array.from(y.dataSync()), told }));
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    encoding: 'utf8',
    cwd: fileURLToPath(new URL('../../../../../', import.meta.url)),
    env: { ...withoutCacheFlag(), XDG_CACHE_HOME: cache, ...env },
  });
  assert.match(stdout, /^\{/, stderr.slice(-2000));
  return JSON.parse(stdout) as { result: number[]; told: string[] };
}

/** This process has set the folder for itself. */
function withoutCacheFlag(): NodeJS.ProcessEnv {
  const { TF_XLA_FLAGS: flags = '', ...env } = process.env;
  return { ...env, TF_XLA_FLAGS: flags.replace(/--tf_xla_persistent_cache_directory=\S*/, '').trim() };
}
