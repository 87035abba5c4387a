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
import { answer, withTensorBoard } from './tensorboard-server.js';

interface Events {
  readonly scalars: Readonly<Record<string, readonly (readonly [step: number, value: number])[]>>;
  readonly images: Readonly<Record<string, readonly (readonly [step: number, width: number, height: number])[]>>;
  readonly texts: Readonly<Record<string, readonly (readonly [step: number, text: string])[]>>;
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

test('TensorBoard’s reader finds every metric of the journal, point by point, every picture and every text', async () => {
  await writeFile(join(dir, 'tiny.yaml'), TINY);
  execFileSync(runner, ['run', 'tiny.yaml'], { cwd: dir, stdio: 'pipe' });
  const [run] = (await readdir(join(dir, 'runs'))).filter((name) => name.startsWith('tiny-'));
  const events = readEvents(join(dir, 'runs', run!, 'tensorboard'));

  const scalars: Record<string, [number, number][]> = {};
  const images: Record<string, number[]> = {};
  const texts: Record<string, [number, string][]> = {};
  for (const line of (await readFile(join(dir, 'runs', run!, 'journal.jsonl'), 'utf8')).trimEnd().split('\n')) {
    const { kind, name, step, value } = JSON.parse(line) as {
      kind: string;
      name: string;
      step: number;
      value: unknown;
    };
    if (kind === 'metric') (scalars[name] ??= []).push([step, Math.fround(Number(value))]);
    if (kind === 'text') (texts[name] ??= []).push([step, String(value)]);
    if (kind === 'image') (images[name] ??= []).push(step);
  }
  assert.ok(Object.keys(scalars).includes('loss/G/total') && Object.keys(scalars).includes('evaluate/AtoB/psnr'));
  assert.deepEqual(events.scalars, scalars);
  const pictures = ['data/A', 'data/B', 'evaluate/AtoB', 'evaluate/BtoA', 'samples/AtoB', 'samples/BtoA'];
  assert.deepEqual(Object.keys(images).sort(), pictures);
  const steps = Object.entries(events.images).map(([name, pictures]) => [name, pictures.map(([step]) => step)]);
  assert.deepEqual(Object.fromEntries(steps), images);
  assert.deepEqual(Object.keys(texts), ['data']);
  assert.deepEqual(events.texts, texts);
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

test('TensorBoard shows a text as the table that its Markdown is', async () => {
  await loadTensorFlow();
  const runDir = join(dir, 'text');
  const tracker = tensorboard.create(undefined as never, { runDir, runName: 'r', warn: (text) => assert.fail(text) });
  const text = '| split | used |\n| --- | ---: |\n| trainA | 1,067 |\n\n- 斑马 “zèbre”\n';
  tracker.on({ stage: 'train', time: Date.now(), event: { kind: 'text', name: 'data', step: 0, text } });
  await tracker.close();

  await withTensorBoard(runDir, async (address) => {
    const plugin = `${address}/data/plugin/text`;
    const runs = await answer<Record<string, string[]>>(`${plugin}/tags`, (found) => Object.keys(found).length > 0);
    assert.deepEqual(runs, { tensorboard: ['data'] });
    const shown = await answer<{ step: number; text: string }[]>(`${plugin}/text?run=tensorboard&tag=data`, () => true);
    assert.deepEqual(
      shown.map(({ step }) => step),
      [0],
    );
    assert.match(shown[0]!.text, /<table>[^]*<td[^>]*>1,067<\/td>[^]*<li>斑马 “zèbre”<\/li>/);
  });
});
