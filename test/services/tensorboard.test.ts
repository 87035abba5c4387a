import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadTensorFlow } from '../../src/engine/native.js';
import type { StageEvent } from '../../src/registry/kinds/tracker.js';
import { tensorboard } from '../../src/tracking/tensorboard.js';
import { runPython } from './python.js';

interface Events {
  readonly scalars: Readonly<Record<string, readonly (readonly [step: number, value: number])[]>>;
  readonly images: Readonly<Record<string, readonly (readonly [step: number, width: number, height: number])[]>>;
}
const readEvents = (folder: string) => runPython<Events>('read_events.py', folder);

const runner = fileURLToPath(new URL('../../../runner', import.meta.url));
const TINY = `
name: tiny
dataset: {type: synthetic, train: 4, test: 2, image_size: 16}
generator: {type: resnet, blocks: 1, width: 4}
discriminator: {type: patchgan, width: 4, layers: 1}
train: {epochs: 2, samples: 1}
evaluate: {samples: 1}
`;

let dir: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tensorboard-'));
});
after(() => rm(dir, { recursive: true, force: true }));

test('TensorBoard’s reader finds every metric of the journal, point by point, and every picture', async () => {
  await writeFile(join(dir, 'tiny.yaml'), TINY);
  execFileSync(runner, ['run', 'tiny.yaml'], { cwd: dir, stdio: 'pipe' });
  const [run] = (await readdir(join(dir, 'runs'))).filter((name) => name.startsWith('tiny-'));
  const events = readEvents(join(dir, 'runs', run!, 'tensorboard'));

  const scalars: Record<string, [number, number][]> = {};
  const images: Record<string, number[]> = {};
  for (const line of (await readFile(join(dir, 'runs', run!, 'journal.jsonl'), 'utf8')).trimEnd().split('\n')) {
    const { kind, name, step, value } = JSON.parse(line) as { kind: string; name: string; step: number; value: number };
    if (kind === 'metric') (scalars[name] ??= []).push([step, Math.fround(value)]);
    if (kind === 'image') (images[name] ??= []).push(step);
  }
  assert.ok(Object.keys(scalars).includes('loss/G/total') && Object.keys(scalars).includes('evaluate/AtoB/psnr'));
  assert.deepEqual(events.scalars, scalars);
  assert.deepEqual(Object.keys(images).sort(), ['evaluate/AtoB', 'evaluate/BtoA', 'samples/AtoB', 'samples/BtoA']);
  const steps = Object.entries(events.images).map(([name, pictures]) => [name, pictures.map(([step]) => step)]);
  assert.deepEqual(Object.fromEntries(steps), images);
});

test('steps that are done again after a crash are read once', async () => {
  await loadTensorFlow();
  const runDir = join(dir, 'resumed');
  const attempt = async (events: readonly StageEvent[]) => {
    const tracker = tensorboard.create(undefined as never, { runDir, runName: 'r', warn: (text) => assert.fail(text) });
    for (const event of events) tracker.on({ stage: 'train', time: Date.now(), event });
    await tracker.close();
  };
  const loss = (step: number): StageEvent => ({ kind: 'metric', name: 'loss', step, value: step });
  await attempt([1, 2, 3, 4, 5].map(loss));
  await attempt([{ kind: 'resumed', step: 4 }, ...[4, 5, 6].map(loss)]);
  const { scalars } = readEvents(join(runDir, 'tensorboard'));
  assert.deepEqual(
    scalars['loss'],
    [1, 2, 3, 4, 5, 6].map((step) => [step, step]),
  );
});
