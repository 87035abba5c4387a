import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { main } from '../../bench/command.js';
import type { Report } from '../../bench/report.js';
import { servicesPython } from './python.js';

describe('the benchmark’s peers', () => {
  test('run training steps in all precisions that they support', async () => {
    const ratios = await compared('step', 'unet@32,resnet1@32', 'float32,bfloat16');
    const pairs = ['float32 pytorch', 'float32 tensorflow', 'bfloat16 pytorch'];
    const expected = ['unet@32', 'resnet1@32'].flatMap((name) => pairs.map((pair) => `${name} ${pair}/ours`));
    assert.deepEqual(ratios, expected);
  });

  for (const measure of ['translate', 'startup'] as const) {
    test(`run the measure ${measure}`, async () => {
      const ratios = await compared(measure, 'resnet1@32', 'float32');
      assert.deepEqual(ratios, ['resnet1@32 float32 pytorch/ours', 'resnet1@32 float32 tensorflow/ours']);
    });
  }
});

/** Runs the benchmark once with all contestants. @returns the names of its comparisons */
async function compared(measure: string, cases: string, precisions: string): Promise<readonly string[]> {
  process.env['RUNNER_BENCH_PYTHON'] = servicesPython();
  let [stdout, stderr] = ['', ''];
  const args = ['--only', cases, '--precision', precisions, '--rounds', '1', '--warmup', '0', '--json'];
  const code = await main([measure, ...args], {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  assert.equal(code, 0, stderr);
  const { rows, ratios, machine } = JSON.parse(stdout) as Report;
  assert.ok(rows.length > 0);
  assert.ok(rows.every(({ seconds, peakMb }) => seconds! > 0 && peakMb! > 50));
  assert.deepEqual(Object.keys(machine['software'] as object), ['ours', 'pytorch', 'tensorflow']);
  return Object.keys(ratios);
}
