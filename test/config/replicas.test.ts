import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withFiles } from './rig.js';

test('engine.replicas is one by default, and otherwise divides the batch', async (t) => {
  const { load } = await withFiles(t, { 'a.yaml': 'dataset: {batch_size: 6}' });
  assert.equal((await load('a.yaml', [])).value!.config.engine.replicas, 1);
  assert.equal((await load('a.yaml', ['engine.replicas=3'])).value!.config.engine.replicas, 3);
  assert.match((await load('a.yaml', ['engine.replicas=0'])).texts[0]!, /engine\.replicas/);
});

for (const [what, yaml, message] of [
  [
    'a batch that they cannot share equally',
    'dataset:\n  batch_size: 3\nengine:\n  replicas: 2',
    'a.yaml:4:13 bad-option: engine.replicas: a batch of 3 cannot be divided into 2 equal parts. -> Write a dataset.batch_size that is a multiple of 2 (another experiment), or fewer replicas.',
  ],
  [
    'one card',
    'dataset:\n  batch_size: 4\nengine:\n  replicas: 2\n  device: 1',
    'a.yaml:4:13 bad-option: engine.replicas: engine.device names one card, and 2 replicas need as many. -> Write engine.device: gpu, and choose cards with CUDA_VISIBLE_DEVICES.',
  ],
  [
    'XLA',
    'dataset:\n  batch_size: 4\nengine:\n  replicas: 2\n  xla: on',
    'a.yaml:4:13 bad-option: engine.replicas: XLA compiles a step for one card. -> Leave engine.xla out, or engine.replicas.',
  ],
] as const) {
  // prettier-ignore
  test(`replicas are refused with ${what}, at their place in the config`, async (t) => {
    const { load } = await withFiles(t, { 'a.yaml': yaml });
    assert.deepEqual((await load('a.yaml', [])).texts, [message]);
  });
}
