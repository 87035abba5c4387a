import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { main } from '../../bench/command.js';
import { parseCases } from '../../bench/cases.js';
import type { Report, Row } from '../../bench/report.js';
import { runPython, servicesPython } from './python.js';

describe('the benchmark’s peers', () => {
  test('run training steps in all precisions that they support', async () => {
    const ratios = await compared('step', 'unet@32,resnet1@32', 'float32,bfloat16');
    const pairs = ['float32 pytorch', 'float32 tensorflow', 'bfloat16 pytorch'];
    const expected = ['unet@32', 'resnet1@32'].flatMap((name) => pairs.map((pair) => `${name} ${pair}/ours`));
    assert.deepEqual(ratios, expected);
  });

  test('run the small networks that the quickstart trains, and any width and depth', async () => {
    const ratios = await compared('small', 'quickstart,unetw8d3@32', 'float32');
    const pairs = ['pytorch', 'tensorflow'].map((peer) => `float32 ${peer}/ours`);
    assert.deepEqual(
      ratios,
      ['quickstart', 'unetw8d3@32'].flatMap((name) => pairs.map((pair) => `${name} ${pair}`)),
    );
  });

  for (const precision of ['float32', 'bfloat16'] as const) {
    test(`take the same ${precision} step with a CUDA graph's settings as without`, () => {
      // No dropout: its masks follow the memory layout.
      const [benchCase] = parseCases('resnet1w8@32');
      const task = { what: 'step', case: benchCase, precision };
      const { eager, tuned, launches } = runPython<PeerLosses>('bench_peers.py', JSON.stringify(task), '2');
      assert.equal(eager.length, 2);
      for (const [index, losses] of eager.entries()) {
        assert.deepEqual(Object.keys(losses), LOSSES);
        for (const [name, loss] of Object.entries(losses)) {
          const difference = Math.abs(loss - tuned[index]![name]!);
          assert.ok(difference <= TOLERANCE[precision] * Math.abs(loss), `${name}: ${loss}, ${tuned[index]![name]}`);
        }
      }
      assert.deepEqual([launches.small, launches.kernels], [2, 2]);
      assert.ok(launches.step > 200, `${launches.step} operators`);
    });
  }

  for (const measure of ['translate', 'startup'] as const) {
    test(`run the measure ${measure}`, async () => {
      const ratios = await compared(measure, 'resnet1@32', 'float32');
      assert.deepEqual(ratios, ['resnet1@32 float32 pytorch/ours', 'resnet1@32 float32 tensorflow/ours']);
    });
  }
});

interface PeerLosses {
  readonly eager: readonly Readonly<Record<string, number>>[];
  readonly tuned: readonly Readonly<Record<string, number>>[];
  readonly launches: { readonly step: number; readonly small: number; readonly kernels: number };
}

const LOSSES = [
  ...['G/adversarial', 'F/adversarial', 'cycle/forward', 'cycle/backward', 'identity/G', 'identity/F'],
  ...['D_X', 'D_Y'],
];
/** Relative; another order of summation. */
const TOLERANCE = { float32: 1e-3, bfloat16: 3e-2 };

const isGraph = ({ who }: Row) => who === 'pytorch-graph';

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
  const [graphs, measured] = [rows.filter(isGraph), rows.filter((row) => !isGraph(row))];
  assert.ok(graphs.every(({ notMeasured }) => notMeasured === 'needs a CUDA GPU'));
  assert.ok(measured.every(({ seconds, peakMb, gpuMb }) => seconds! > 0 && peakMb! > 50 && gpuMb === null));
  for (const { case: name, who, weights } of measured) {
    const own = measured.find((row) => row.case === name && row.who === 'ours')!;
    assert.ok(weights! > 0);
    assert.equal(weights, own.weights, `${who} has other networks in ${name} than ours`);
  }
  const captured = measure === 'translate' ? [] : ['pytorch-graph'];
  assert.deepEqual(Object.keys(machine['software'] as object), ['ours', 'pytorch', ...captured, 'tensorflow']);
  return Object.keys(ratios);
}
