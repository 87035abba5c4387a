/** Our contestant for translating files: the loop of `runner translate`, with a generator that is open. */
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initialWeights } from '../../src/engine/initialize.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { generatorProgram } from '../../src/inference/generator-program.js';
import { imageTranslator } from '../../src/translation/image-translator-of.js';
import { folderImages } from '../../src/translation/inputs/file-images.js';
import { translateImages } from '../../src/translation/translate-images.js';
import type { FilesTask } from '../protocol.js';
import { buildModel } from './model.js';
import { serve } from './serve.js';

await serve(async (task) => {
  await loadTensorFlow();
  const { G } = buildModel(task.case);
  const generator = {
    program: generatorProgram(G, initialWeights(G, 1, 'G')),
    training: { imageSize: task.case.size, interpolation: 'bicubic' as const },
    sizes: G.sizes,
    title: 'bench',
  };
  const size = 'keep' as const;
  const translator = imageTranslator(generator, { size, wholePixels: 2.5e6 });
  const out = await mkdtemp(join(tmpdir(), 'runner-bench-'));
  process.on('exit', () => rmSync(out, { recursive: true, force: true }));
  const { images } = task as FilesTask;
  const options = { out: { kind: 'folder', path: out }, size, format: 'keep', sideBySide: false, force: true, shard: { index: 0, count: 1 } } as const; // prettier-ignore
  const files = async () => {
    const started = performance.now();
    await translateImages(folderImages(images, images), options, {
      translator,
      training: generator.training,
      emit: () => undefined,
      signal: new AbortController().signal,
      total: () => 0,
    });
    return (performance.now() - started) / 1000;
  };
  return { facts: { node: process.versions.node, device: 'cpu' }, actions: { files } };
});
