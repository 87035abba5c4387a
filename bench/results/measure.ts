/**
 * Measures translations that any program has written to a folder, as the evaluate stage measures those of a run: the same test images, the same
 * metrics, the same baselines.
 *
 *     node .bench-build/bench/results/measure.js RUN METRICS FOLDER...
 *
 * RUN is a finished run of the same data: its folder, which has config.yaml. METRICS is JSON, as in `evaluate.metrics`. FOLDER/AtoB/NAME.png
 * is the translation of testA/NAME.*, and so on. Prints a JSON object a folder and direction.
 */
import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { parse } from 'yaml';
import { builtins } from '../../src/app/builtins.js';
import { decodeRgb } from '../../src/data/images/decode-rgb.js';
import { openStore, type PreparedStore } from '../../src/data/store/prepared-store.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { openEvaluation } from '../../src/evaluation/evaluation.js';
import type { Config, Reference } from '../../src/registry/config.js';
import type { Direction } from '../../src/registry/kinds/export-format.js';

interface StageFile {
  readonly inputs: { readonly dataset: { readonly dir: string } };
}

const [run, metrics, ...folders] = process.argv.slice(2) as [string, string, ...string[]];
await loadTensorFlow();
const config = parse(await readFile(join(run, 'config.yaml'), 'utf8')) as Config;
const { inputs } = JSON.parse(await readFile(join(run, 'train', 'stage.json'), 'utf8')) as StageFile;
const store = await openStore(join(run, '..', inputs.dataset.dir));
const context = { config, components: builtins(), signal: new AbortController().signal, emit: () => undefined };
const evaluation = await openEvaluation(context, store, { part: 'test', metrics: JSON.parse(metrics) as Reference[] });
for (const folder of folders) {
  for (const direction of ['AtoB', 'BtoA'] as const) {
    const files = await translationsOf(store, direction, folder);
    let at = 0;
    const { values } = await evaluation.measure(direction, { translate: () => ({ translated: files[at++]!.clone() }) });
    tf.dispose(files);
    console.log(JSON.stringify({ folder: basename(folder), direction, values }));
  }
}
await evaluation.dispose();
await store.close();

/** In the order of the store's test images. The caller owns the tensors. */
async function translationsOf(prepared: PreparedStore, direction: Direction, folder: string): Promise<tf.Tensor4D[]> {
  const split = direction === 'AtoB' ? 'testA' : 'testB';
  const tensors: tf.Tensor4D[] = [];
  for await (const image of prepared.images()) {
    if (image.split !== split || !('index' in image)) continue;
    const name = basename(image.name, extname(image.name));
    tensors[image.index] = await tensorOf(join(folder, direction, `${name}.png`));
  }
  return tensors;
}

async function tensorOf(file: string): Promise<tf.Tensor4D> {
  const { data, width, height } = await decodeRgb(await readFile(file));
  return tf.tidy(() => tf.sub(tf.div(tf.tensor4d(Float32Array.from(data), [1, height, width, 3]), 127.5), 1));
}
