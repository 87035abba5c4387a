import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { writeStore } from '../../src/data/prepare/store-writer.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { builtins } from '../../src/app/builtins.js';
import type { StageEvent } from '../../src/registry/kinds/stage-event.js';
import type { StageContext } from '../../src/registry/kinds/stage.js';
import { train } from '../../src/stages/train.js';
import { numbered, OPTIONS, sourceOf, temporaryFolder, work } from '../data/rig.js';
import { config } from '../rig.js';

before(() => loadTensorFlow());

test('training begins with a warning of the images that it will not show', async (t) => {
  const store = await temporaryFolder(t);
  const source = await sourceOf({ trainA: await numbered('trainA', 1), trainB: await numbered('trainB', 5) });
  await writeStore(store, source, { ...OPTIONS, image_size: 16, load_size: 16 }, work());
  const warnings = async (shuffle_buffer: number | null, epochs = 1): Promise<string[]> => {
    const defaults = config();
    const events: StageEvent[] = [];
    const context: StageContext = {
      config: {
        ...defaults,
        dataset: {
          ...defaults.dataset,
          image_size: 16,
          load_size: 16,
          batch_size: 1,
          epoch: 'shortest',
          shuffle_buffer,
        },
        generator: { type: 'unet', norm: 'instance', width: 2, depth: 2, dropout: 0.5, slope: 0.3 },
        discriminator: { type: 'patchgan', norm: 'instance', width: 2, layers: 1, slope: 0.3, conditional: false },
        train: { ...defaults.train, epochs, samples: 0 },
        engine: { mode: 'eager', precision: 'float32' },
      },
      components: builtins(),
      dir: await temporaryFolder(t),
      inputs: { dataset: { dir: store, fingerprint: '', outputs: {} } },
      runName: 'toy',
      signal: new AbortController().signal,
      earlier: [],
      emit: (event) => void events.push(event),
      recorded: () => Promise.resolve(),
    };
    await train.create({} as never, undefined).run(context);
    return events.flatMap((event) => (event.kind === 'note' && event.level === 'warning' ? [event.text] : []));
  };
  const [warning] = await warnings(2);
  assert.match(warning ?? '', /^3 of the 5 images of trainB are never shown/);
  assert.match((await warnings(null)).join(), /^4 of the 5 images of trainB are not shown in 1 epoch/);
  assert.deepEqual(await warnings(null, 5), []);
});
