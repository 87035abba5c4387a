import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { openSavedModel } from '../engine/graph/open-saved-model.js';
import { addNamedVariable, addSaver } from '../engine/graph/saver.js';
import { Graph } from '../engine/graph/recorded-graph.js';
import { encodeSavedModel } from '../engine/graph/encode-saved-model.js';
import { writeVariables } from '../engine/graph/variables-file.js';
import type { ExportedGenerator, ExportFormatComponent } from '../registry/kinds/export-format.js';
import { writeFileAtomic } from '../support/files.js';
import { writeDescription } from './description.js';
import { checkSameImage } from './same-image.js';
import { addTranslation, IMAGE, TRANSLATION, type TracedTranslation } from './trace.js';

const MAIN = 'saved_model.pb';
/** The file prefix that TensorFlow's loaders expect. */
const PREFIX = 'variables/variables';

export const savedModelFormat: ExportFormatComponent = {
  summary: 'A TensorFlow SavedModel, for TensorFlow Serving, Python and tfjs-node.',
  details:
    'The signature serving_default takes `image`, [1, size, size, 3] float32 in [-1, 1], and gives `translation` of the same ' +
    'form; size_512 does so for a further size of export.image_sizes, with the same variables. docs/export.md shows how to load it.',
  schema: { properties: {} },
  create: () => ({
    async write(generator, dir) {
      const translations = await build(generator, dir);
      check(generator, dir, translations);
      const sizes = Object.fromEntries(translations.map(({ size }, i) => [size, signatureName(size, i)]));
      const description = await writeDescription(dir, 'saved-model', generator, sizes);
      return [MAIN, ...VARIABLE_FILES, description];
    },
  }),
};

const VARIABLE_FILES = ['index', 'data-00000-of-00001'].map((part) => `${PREFIX}.${part}`);

const signatureName = (size: number, index: number): string => (index === 0 ? 'serving_default' : `size_${size}`);

async function build(generator: ExportedGenerator, dir: string): Promise<readonly TracedTranslation[]> {
  const graph = new Graph();
  const variables = generator.network.weights.map(({ name, shape }) => addNamedVariable(graph, name, shape));
  const reads = new Map(variables.map((variable) => [variable.name, graph.read(variable)]));
  const translations = generator.imageSizes.map((size, i) =>
    addTranslation(graph, generator, size, ({ name }) => reads.get(name)!, i === 0 ? '' : `_${size}`),
  );
  const saved = addSaver(graph, variables);
  const signatures = Object.fromEntries(
    translations.map(({ size, image, translation }, i) => [
      signatureName(size, i),
      { inputs: { [IMAGE]: image }, outputs: { [TRANSLATION]: translation } },
    ]),
  );
  const nodes = graph.needed([
    ...translations.map(({ translation }) => translation.ref),
    saved.saver.save,
    saved.saver.restore,
  ]);
  await writeFileAtomic(join(dir, MAIN), encodeSavedModel({ nodes, signatures, ...saved }));

  await mkdir(join(dir, 'variables'));
  writeVariables(join(dir, PREFIX), generator.weights);
  for (const file of VARIABLE_FILES) await flush(join(dir, file));
  return translations;
}

/** Loads the model as TensorFlow Serving does, with its variables. */
function check(generator: ExportedGenerator, dir: string, translations: readonly TracedTranslation[]): void {
  const model = openSavedModel(dir);
  try {
    for (const { size, image, translation } of translations) {
      checkSameImage(generator, size, (input) => model.run({ [image.ref]: input }, [translation.ref])[0]!);
    }
  } finally {
    model.dispose();
  }
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
