import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Tensor } from '@tensorflow/tfjs-core';
import { nodeOf } from '../../engine/graph/graph-def.js';
import { Session } from '../../engine/graph/session.js';
import type { ExportedGenerator, ExportFormatComponent } from '../../registry/kinds/export-format.js';
import { writeFileAtomic } from '../../support/files.js';
import { writeDescription } from '../description.js';
import { checkSameImage } from '../same-image.js';
import { takesAnySize } from './any-size.js';
import { convert, convertFor, type Converted } from './convert.js';
import { encodeModel, type Sides } from './encode.js';

const MAIN = 'model.onnx';

export const onnxFormat: ExportFormatComponent = {
  summary: 'An ONNX model (opset 17), for onnxruntime and the many programs that read ONNX.',
  details:
    `${MAIN} takes \`image\`, [batch, height, width, 3] float32 in [-1, 1], and gives \`translation\` of the same form. Batch, height ` +
    'and width are free if the generator gives the same graph for all of them, as resnet and unet do; otherwise they are [1, size, size], ' +
    'and model-512.onnx takes a further size of export.image_sizes. The weights are in the file.',
  schema: { properties: {} },
  create: () => ({
    async write(generator, dir) {
      const { imageSize, channels } = generator;
      const { norms } = convertFor(generator, [1, imageSize, imageSize, channels]);
      const models = generator.imageSizes.map((size) => convert(generator, size, norms));
      for (const model of models) check(generator, model);
      const [first] = models as [Converted];
      const free = models.every(({ onnx }) => isDeepStrictEqual(onnx, first.onnx)) && takesAnySize(generator, first);
      const files = free ? [{ name: MAIN, onnx: first.onnx, sides: ANY }] : models.map(ofOneSize);
      for (const { name, onnx, sides } of files) {
        await writeFileAtomic(join(dir, name), encodeModel(generator, onnx, [...sides, channels]));
      }
      const sizes = Object.fromEntries(generator.imageSizes.map((size, i) => [size, files[free ? 0 : i]!.name]));
      const description = await writeDescription(dir, 'onnx', generator, sizes, shapeText(free));
      return [...files.map(({ name }) => name), description];
    },
  }),
};

const ANY: Sides = ['batch', 'height', 'width'];

const shapeText = (free: boolean) => (free ? '[batch, height, width, channels]' : undefined);

const ofOneSize = ({ onnx, traced: { size } }: Converted, i: number) => ({
  name: i === 0 ? MAIN : `model-${size}.onnx`,
  onnx,
  sides: [1, size, size] as Sides,
});

/**
 * Runs the traced graph, from which the model is converted, in TensorFlow: it must give the network's image. What is converted into what
 * is compared with onnxruntime by the tests, as none of its packages is here.
 */
function check(generator: ExportedGenerator, { nodes, weights, traced }: Converted): void {
  const needed = new Set(nodes.map(({ name }) => name));
  const placeholders = [...weights].filter(([, node]) => needed.has(node));
  const feeds = Object.fromEntries(placeholders.map(([name, node]) => [node, generator.weights[name]!]));
  const session = new Session(nodes);
  const run = (image: Tensor) =>
    session.run({ ...feeds, [nodeOf(traced.image.ref)]: image }, [traced.translation.ref])[0]!;
  try {
    checkSameImage(generator, traced.size, run);
  } finally {
    session.dispose();
  }
}
