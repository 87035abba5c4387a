import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtins } from '../../src/app/builtins.js';
import type { StageContext } from '../../src/registry/kinds/stage.js';
import { diverged } from '../../src/training/diverged.js';
import { config } from '../rig.js';

test('when a training in bfloat16 diverges, the problem suggests float32', async () => {
  const cure = async (precision: 'float32' | 'bfloat16') => {
    const context = {
      dir: '/nowhere',
      config: config({ engine: { mode: 'graph', precision } }),
      components: builtins(),
    };
    return (await diverged(context as unknown as StageContext, 'x')).problems[0]!.cure!;
  };
  const changes = 'lower optimizer.learning_rate (now 0.0002), lower loss.lambda (now 10)';
  assert.ok((await cure('float32')).endsWith(`Change the config: ${changes}, or try another seed.`));
  assert.ok((await cure('bfloat16')).endsWith(`Change the config: ${changes}, use engine.precision: float32, or try another seed.`)); // prettier-ignore
});
