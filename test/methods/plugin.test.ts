import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { Rig } from '../rig.js';

const STEPS = 4;
const EXPERIMENT = (mode: string) => `
plugins: [./one-way.mjs]
method: one-way
loss: { adversarial: least-squares, keep: 2 }
dataset: { type: synthetic, train: ${STEPS}, test: 2, image_size: 16, load_size: 18 }
generator: { type: unet, width: 4, depth: 3 }
discriminator: { type: patchgan, width: 4, layers: 1 }
train: { epochs: 1, samples: 1 }
evaluate: { metrics: [psnr, cycle-error, identity-error], samples: 1 }
export: { formats: [weights], directions: [AtoB, BtoA] }
engine: { mode: ${mode} }
tracking: { tensorboard: null }
`;

interface Trained {
  readonly dir: string;
  readonly output: string;
  /** By name, a value each step. */
  readonly losses: Readonly<Record<string, readonly number[]>>;
}

/** What a run of the method of docs/config.md leaves. */
async function trained(t: TestContext, mode: 'graph' | 'eager'): Promise<Trained> {
  const rig = await Rig.create();
  t.after(() => rig.remove());
  const docs = await readFile('docs/config.md', 'utf8');
  rig.write('one-way.mjs', /```js\n(\/\/ one-way\.mjs[^]*?)```/.exec(docs)![1]!);
  rig.write('toy.yaml', EXPERIMENT(mode));
  const { code, output } = await rig.command('run', 'toy.yaml').ended;
  assert.equal(code, 0, output);
  const [dir] = await rig.runDirs();
  const journal = (await readFile(join(dir!, 'journal.jsonl'), 'utf8')).trimEnd().split('\n');
  const losses: Record<string, number[]> = {};
  for (const line of journal) {
    const { kind, name, value } = JSON.parse(line) as { kind: string; name: string; value: number };
    if (kind === 'metric' && name.startsWith('loss/')) (losses[name] ??= []).push(value);
  }
  return { dir: dir!, output, losses };
}

describe('the method of docs/config.md', () => {
  test('trains alike in graph and in eager mode', async (t) => {
    const [graph, eager] = [(await trained(t, 'graph')).losses, (await trained(t, 'eager')).losses];
    assert.deepEqual(Object.keys(graph).sort(), ['loss/D/total', 'loss/G/adversarial', 'loss/G/total', 'loss/keep']);
    for (const [name, values] of Object.entries(graph)) {
      assert.equal(values.length, STEPS, name);
      values.forEach((value, step) => {
        const other = eager[name]![step]!;
        assert.ok(Math.abs(value - other) < 1e-3, `${name} at ${step}: ${value} and ${other}`);
      });
    }
    const [adversarial, keep, total] = ['G/adversarial', 'keep', 'G/total'].map((name) => graph[`loss/${name}`]!);
    total!.forEach((value, i) => assert.ok(Math.abs(value - adversarial![i]! - 2 * keep![i]!) < 1e-4));
  });

  test('is evaluated and exported in its one direction, without metrics that need reconstructions', async (t) => {
    const { dir, output } = await trained(t, 'graph');
    const metrics = JSON.parse(await readFile(join(dir, 'evaluate', 'metrics.json'), 'utf8')) as Record<string, object>;
    assert.deepEqual(Object.keys(metrics), ['AtoB']);
    assert.deepEqual(Object.keys(metrics['AtoB']!), ['psnr']);
    assert.match(output, /not measured\s+cycle-error \(needs translations that are translated back/);
    assert.match(output, /not measured\s+identity-error \(needs images through the generator into their own domain/);
    assert.ok(existsSync(join(dir, 'export', 'AtoB', 'weights')));
    assert.ok(!existsSync(join(dir, 'export', 'BtoA')));
  });
});
