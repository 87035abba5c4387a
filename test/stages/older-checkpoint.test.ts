import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test, type TestContext } from 'node:test';
import { saveCheckpoint } from '../../src/engine/checkpoints.js';
import { writeVariables } from '../../src/engine/graph/variables-file.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { builtins } from '../../src/app/builtins.js';
import type { ExportedGenerator } from '../../src/registry/kinds/export-format.js';
import type { StageContext } from '../../src/registry/kinds/stage.js';
import { exportStage } from '../../src/stages/export.js';
import { openRunTranslator } from '../../src/inference/run-translator.js';
import { generatorOf, GENERATORS, temporary } from '../export/rig.js';
import { config } from '../rig.js';
import { problemOf } from '../problem-of.js';

const options = GENERATORS['U-Net']!;
let G: ExportedGenerator;
let F: ExportedGenerator;
before(async () => {
  await loadTensorFlow();
  G = generatorOf(options);
  F = generatorOf(options, { direction: 'BtoA' });
});

/** How each stage that uses the trained networks takes them. */
const USES: Readonly<Record<string, (context: StageContext) => Promise<unknown>>> = {
  'evaluate, graph': (context) => openRunTranslator(withMode(context, 'graph'), { step: 7 }).then(({ step }) => step),
  'evaluate, eager': (context) => openRunTranslator(withMode(context, 'eager'), { step: 7 }).then(({ step }) => step),
  export: async (context) => {
    const result = await exportStage.create({} as never).run(context);
    return result.status === 'done' && result.outputs['step'];
  },
};

for (const [what, use] of Object.entries(USES)) {
  describe(`${what}: only the networks that training ended with are taken`, () => {
    test('and they are, when they are there', async (t) => {
      assert.equal(await use(await trained(t, [5, 7])), 7);
    });

    test('an older checkpoint is not taken for one that is gone', async (t) => {
      const { code, message } = await problemOf(use(await trained(t, [5])));
      assert.equal(code, 'damaged-checkpoint');
      assert.match(message, /cannot be read: the checkpoint of step 7 is missing\.$/);
    });

    test('nor for one that is damaged, which is named', async (t) => {
      const context = await trained(t, [5, 7]);
      const dir = join(context.inputs['networks']!.dir, 'checkpoints');
      await truncate(join(dir, 'step-00000007', 'variables.data-00000-of-00001'), 8);
      const { code, message, cure } = await problemOf(use(context));
      assert.equal(code, 'damaged-checkpoint');
      assert.match(message, /step-00000007: .* has 8 bytes instead of \d+/);
      assert.match(cure!, /--force train/);
      assert.ok(!existsSync(join(context.dir, 'AtoB')), 'nothing is exported');
    });
  });
}

/** What a training of 7 steps leaves, with checkpoints of these. */
async function trained(t: TestContext, steps: readonly number[]): Promise<StageContext> {
  const dir = temporary(t);
  const variables = { G: { weights: G.weights }, F: { weights: F.weights } };
  const write = (prefix: string) => writeVariables(prefix, variables);
  for (const step of steps) await saveCheckpoint(join(dir, 'train', 'checkpoints'), { step, state: {} }, write, 5);
  return {
    config: config({ generator: options, export: { formats: ['weights'], image_sizes: [16], directions: ['AtoB'] } }),
    components: builtins(),
    dir: join(dir, 'export'),
    inputs: { networks: { dir: join(dir, 'train'), fingerprint: 'trained', outputs: { step: 7 } } },
    runName: 'toy-12345678',
    signal: new AbortController().signal,
    emit: () => undefined,
    earlier: [],
    recorded: () => Promise.resolve(),
  };
}

const withMode = (context: StageContext, mode: 'graph' | 'eager'): StageContext => ({
  ...context,
  config: { ...context.config, engine: { mode, precision: 'float32' } },
});
