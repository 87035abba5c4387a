import type { ExportFormatComponent } from '../registry/kinds/export-format.js';
import { writeDemo, type DemoOptions } from './write-demo.js';

export const webFormat: ExportFormatComponent<DemoOptions> = {
  summary: 'A folder for a web server: a page that translates pictures in the browser.',
  details:
    'One folder for all directions, export/web: index.html, and the generators as TensorFlow.js GraphModels. It needs no server but one of static files, and nothing leaves ' +
    'the browser. `runner demo RUN` serves it.',
  schema: {
    properties: {
      precision: {
        description: 'How kernels are stored, as for `tfjs`.',
        enum: ['float32', 'float16', 'uint8'],
        default: 'float16',
      },
      domains: {
        description:
          'The names of A and B on the page: [horse, zebra]. By default those in a run’s name such as horse2zebra-1234abcd, else A and B.',
        type: ['array', 'null'],
        items: { type: 'string', minLength: 1, maxLength: 40 },
        minItems: 2,
        maxItems: 2,
        expected: 'the two names, such as [horse, zebra], or null',
        default: null,
      },
    },
  },
  create: (options) => ({ scope: 'run', write: (generators, dir) => writeDemo(generators, dir, options) }),
};
