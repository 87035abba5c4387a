import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';
import { main } from '../../bench/command.js';
import type { Report } from '../../bench/report.js';
import { allowBfloat16 } from '../engine/graph/rig.js';

allowBfloat16();

/** Numbers in the kernels of both generators of `resnet1`: 7x7 from 3 to 64 and back, four of 3x3 between 64, 128 and 256, two of 3x3 in a block. */
const GENERATORS = 2 * (2 * 49 * 3 * 64 + 2 * 9 * (64 * 128 + 128 * 256) + 2 * 9 * 256 * 256);
/** The same for both discriminators: 4x4 from 3 to 64, 128, 256, 512 and 1. */
const WEIGHTS = GENERATORS + 2 * 16 * (3 * 64 + 64 * 128 + 128 * 256 + 256 * 512 + 512);

describe('the benchmark', () => {
  test('puts a server under load and finds no wrong answer', async () => {
    const { code, stdout, stderr } = await bench('serve', '--case', 'resnet1@32', '--connections', '8', '--seconds', '1', '--json'); // prettier-ignore
    assert.equal(code, 0, stderr);
    const { answers, wrong, refused, bare, imagesPerSecond, lateMb } = JSON.parse(stdout) as Record<string, number>;
    assert.deepEqual([wrong, refused], [0, 0]);
    assert.ok(answers! > 0 && bare! > 0 && imagesPerSecond! > 0 && lateMb! > 50, stdout);
  });

  test('measures a tiny training step and prints one JSON object', async () => {
    const { code, stdout, stderr } = await bench(
      'step',
      '--only',
      'resnet1@32',
      '--rounds',
      '2',
      '--warmup',
      '1',
      '--peers',
      'none',
      '--json',
    );
    assert.equal(code, 0, stderr);
    const { rows, ratios, machine } = JSON.parse(stdout) as Report;
    assert.deepEqual(
      rows.map(({ who, what, case: name, size, precision }) => [who, what, name, size, precision].join(' ')),
      ['ours step resnet1@32 32 float32', 'ours step resnet1@32 32 bfloat16'],
    );
    for (const { seconds, peakMb, rounds, launches, weights, notMeasured } of rows) {
      assert.equal(weights, WEIGHTS);
      assert.ok(launches! > 100);
      assert.equal(notMeasured, undefined);
      assert.ok(seconds! > 0 && peakMb! > 50);
      assert.equal(rounds.length, 2);
    }
    assert.deepEqual(ratios, {});
    assert.ok(Number(machine['cores']) > 0);
    assert.match(stderr, /resnet1@32 float32 step: ours round 2\/2/);
  });

  test('compares the training step with that of another checkout, and reports one that is not compiled', async (t) => {
    const other = await mkdtemp(join(tmpdir(), 'runner-bench-test-'));
    t.after(() => rm(other, { recursive: true }));
    const args = '--only resnet1@32 --precision float32 --rounds 1 --warmup 0 --peers none --json'.split(' ');
    const without = await bench('step', ...args, '--against', other);
    assert.equal(without.code, 0, without.stderr);
    const [, missing] = (JSON.parse(without.stdout) as Report).rows;
    assert.deepEqual([missing!.who, missing!.seconds], ['against', null]);
    assert.match(missing!.notMeasured!, /has no compiled benchmark: run "npm ci && npm run bench -- --help" there/);

    // This build, as another checkout's.
    await symlink(fileURLToPath(new URL('../..', import.meta.url)), join(other, '.bench-build'));
    const { code, stdout, stderr } = await bench('step', ...args, '--against', other);
    assert.equal(code, 0, stderr);
    const { rows, ratios } = JSON.parse(stdout) as Report;
    assert.deepEqual(
      rows.map(({ who, notMeasured, launches }) => [who, notMeasured, launches]),
      [rows[0]!, rows[0]!].map(({ launches }, i) => [['ours', 'against'][i], undefined, launches]),
    );
    assert.ok(ratios['resnet1@32 float32 against/ours']!.speed > 0);
  });

  test('measures the data pipeline next to a training step', async () => {
    const args = ['--only', 'resnet1@32', '--precision', 'float32', '--rounds', '1', '--warmup', '0', '--json'];
    const { code, stdout, stderr } = await bench('data', ...args);
    assert.equal(code, 0, stderr);
    const [batches, step] = (JSON.parse(stdout) as Report).rows;
    assert.deepEqual([batches!.what, step!.what], ['data', 'step']);
    assert.equal(batches!['timesStepRate'], step!.seconds! / batches!.seconds!);
  });

  test('measures the preparation of drawn images, and reports a missing Pillow', async (t) => {
    const before = { ...process.env };
    const home = await mkdtemp(join(tmpdir(), 'runner-bench-test-'));
    t.after(async () => {
      process.env = before;
      await rm(home, { recursive: true });
    });
    Object.assign(process.env, { XDG_CACHE_HOME: home, RUNNER_BENCH_PYTHON: '/nowhere/python' });
    const args = '--count 20 --side 16 --load-size 18 --image-size 16 --rounds 1 --warmup 0 --json'.split(' ');
    const { code, stdout, stderr } = await bench('preprocess', ...args);
    assert.equal(code, 0, stderr);
    const [cold, pillow, again] = (JSON.parse(stdout) as Report).rows;
    for (const one of [cold!, again!]) {
      assert.deepEqual([one.who, one.notMeasured], ['ours', undefined]);
      assert.ok(one.seconds! > 0 && one.peakMb! > 50);
      assert.equal(one['totalSeconds'], one.seconds! * 20);
    }
    assert.match(pillow!.notMeasured!, /cannot import PIL/);
  });

  test('measures start-up and translation, and reports a missing Python', async () => {
    process.env['RUNNER_BENCH_PYTHON'] = '/nowhere/python';
    try {
      const args = [
        '--only',
        'resnet1@32',
        '--precision',
        'float32',
        '--rounds',
        '1',
        '--warmup',
        '0',
        '--peers',
        'pytorch',
      ];
      const startup = await bench('startup', ...args, '--json');
      assert.equal(startup.code, 0, startup.stderr);
      const [ours, torch] = (JSON.parse(startup.stdout) as Report).rows;
      assert.ok(ours!.seconds! > 0 && Number(ours!['firstStepSeconds']) > 0);
      assert.match(torch!.notMeasured!, /\/nowhere\/python cannot import torch/);

      const translate = await bench('translate', ...args);
      assert.match(translate.stdout, /resnet1@32 +translate +float32 +ours +0\.\d+/);
      assert.match(translate.stdout, /not measured: .*pytorch: \/nowhere\/python/);
    } finally {
      delete process.env['RUNNER_BENCH_PYTHON'];
    }
  });

  test('reports invalid arguments with what was expected, and nothing on standard output', async () => {
    for (const [args, message] of [
      [['step', '--only', 'unet'], /"unet" is not a case to measure/],
      [['step', '--rounds', '0'], /whole number from 1 up; found "0"/],
      [['step', '--precision', 'float16'], /Expected float32, bfloat16; found "float16"/],
      [['step', '--peers', 'jax'], /Expected pytorch, pytorch-graph, tensorflow; found "jax"/],
      [['step', '--xla', 'yes'], /Allowed choices are auto, on, off/],
      [['stpe'], /unknown command 'stpe'/],
    ] as const) {
      const { code, stdout, stderr } = await bench(...args);
      assert.equal(code, 2);
      assert.equal(stdout, '');
      assert.match(stderr, message);
    }
  });
});

async function bench(...args: readonly string[]) {
  let [stdout, stderr] = ['', ''];
  const code = await main(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  return { code, stdout, stderr };
}
