import type { OptionsSchema, OptionSchema } from '../registry/component.js';
import type { Components, Kind } from '../registry/kinds.js';
import { isJsonObject, type Json } from '../support/json.js';

/**
 * The sections of a config that are the same whatever components it names. `expected` in a schema says in words what
 * the schema wants, where the generated words would be poor.
 */

/** A section whose `type` names a component; the component's options lie beside it. */
export interface TypedSection {
  readonly kind: Kind;
  readonly defaultType: string;
  readonly description: string;
  /** Options that every type has. */
  readonly common: OptionsSchema['properties'];
  /** Whether the section with the default type counts as one that is not there, as in configs from before there was a choice. */
  readonly neutral?: true;
}

/** Marks an option that changes no result: it takes effect from the next start on, and makes nothing again. */
const BOOKKEEPING = { 'x-not-fingerprinted': true } as const;

const DATASET: OptionsSchema['properties'] = {
  image_size: {
    description: 'Side of the square that the networks see, in pixels: the crop.',
    type: 'integer',
    minimum: 8,
    maximum: 4096,
    default: 256,
  },
  load_size: {
    description:
      'Side that images are resized to before the random crop to image_size. By default 286/256 of image_size.',
    type: 'integer',
    minimum: 8,
    maximum: 8192,
  },
  interpolation: {
    description:
      'How images are resized: nearest as TensorFlow’s tf.image.resize (the tutorial), bicubic and bilinear as Pillow’s Image.resize (bicubic is the paper’s code).',
    enum: ['nearest', 'bilinear', 'bicubic'],
    default: 'nearest',
  },
  flip: { description: 'Whether training images are mirrored at random.', type: 'boolean', default: true },
  shuffle_buffer: {
    description:
      'null shuffles the whole domain, so that all images are shown, each as often. A number shuffles as the tutorial does: each epoch begins with the first images and looks so many ahead; 1 keeps the order. Then an epoch that ends before a domain does never shows its last images.',
    type: ['integer', 'null'],
    minimum: 1,
    maximum: 10_000_000,
    default: null,
  },
  batch_size: { description: 'Images a step.', type: 'integer', minimum: 1, maximum: 1024, default: 1 },
  epoch: {
    description: 'How long an epoch is: until the shortest domain is used up (the tutorial’s), or the longest.',
    enum: ['shortest', 'longest'],
    default: 'shortest',
  },
  limit: {
    description: 'Use at most so many images of each domain; null for all.',
    type: ['integer', 'null'],
    minimum: 1,
    default: null,
  },
  on_bad_image: {
    description: 'What to do with an image that cannot be read: skip it and say so, or fail.',
    enum: ['skip', 'fail'],
    default: 'skip',
    ...BOOKKEEPING,
  },
  max_bad: {
    description: 'The largest share of bad images of a split that may be skipped; more is an error. 1 for any.',
    type: 'number',
    minimum: 0,
    maximum: 1,
    default: 0.1,
    ...BOOKKEEPING,
  },
};

/** The sections that name a component by `type`. (Stages do too: see {@link STAGE}.) */
export const TYPED: Readonly<Record<string, TypedSection>> = {
  dataset: {
    kind: 'dataset',
    defaultType: 'synthetic',
    description: 'The two domains of images, A and B, and how they are prepared.',
    common: DATASET,
  },
  method: {
    kind: 'method',
    defaultType: 'cyclegan',
    description:
      'What is trained, and how: which networks there are and what they minimise. It says what the section `loss` may hold.',
    common: {},
    neutral: true,
  },
  generator: {
    kind: 'generator',
    defaultType: 'unet',
    description: 'The network that translates; CycleGAN has two of them, G (A to B) and F (B to A).',
    common: {},
  },
  discriminator: {
    kind: 'discriminator',
    defaultType: 'patchgan',
    description: 'The network that tells real from translated; CycleGAN has two of them, one for each domain.',
    common: {},
  },
  optimizer: {
    kind: 'optimizer',
    defaultType: 'adam',
    description: 'The update rule; each network has its own.',
    common: {},
  },
  schedule: {
    kind: 'schedule',
    defaultType: 'constant',
    description: 'How the learning rate changes over the epochs.',
    common: {},
  },
  launcher: {
    kind: 'launcher',
    defaultType: 'local',
    description: 'Where the trials of a sweep run. It changes no result.',
    common: {
      jobs: {
        description: 'Most trials at a time; null for what suits the launcher.',
        type: ['integer', 'null'],
        minimum: 1,
        maximum: 10_000,
        default: null,
      },
    },
  },
};

/** A list of components, each a name or `{type: name, ...options}`. */
const listOf = (kind: Kind, description: string, initial: readonly string[]): OptionSchema => ({
  description,
  type: 'array',
  items: { type: 'string' },
  expected: 'a list of names, each alone or as {type: name, ...}',
  'x-kind': kind,
  default: initial,
});

/** What a component in a list may have beside its own options. */
export const NAMED: OptionsSchema['properties'] = {
  name: {
    description: 'What it is called, where two of a type are in the list; by default its type.',
    type: 'string',
    pattern: '^[A-Za-z0-9][A-Za-z0-9-]{0,63}$',
    expected: 'a name of letters, digits and dashes (64 at most)',
  },
};

/** The sections with the same options in every config. */
export const PLAIN: Readonly<Record<string, { readonly description: string } & OptionsSchema>> = {
  train: {
    description: 'How long to train, and what to keep on the way.',
    properties: {
      epochs: {
        description: 'How many times to go through the images.',
        type: 'integer',
        minimum: 1,
        maximum: 1_000_000,
        default: 40,
      },
      checkpoint_every: {
        description: 'Save a checkpoint every so many epochs, and after the last.',
        type: 'integer',
        minimum: 1,
        default: 5,
        ...BOOKKEEPING,
      },
      keep: {
        description: 'How many checkpoints to keep, newest first.',
        type: 'integer',
        minimum: 1,
        default: 5,
        ...BOOKKEEPING,
      },
      sample_every: {
        description: 'Translate the sample images before training, every so many epochs, and after the last.',
        type: 'integer',
        minimum: 1,
        default: 1,
        ...BOOKKEEPING,
      },
      sample_every_steps: {
        description: 'Translate the sample images every so many steps too; null for no more than sample_every.',
        type: ['integer', 'null'],
        minimum: 1,
        default: null,
        ...BOOKKEEPING,
      },
      samples: {
        description: 'How many fixed test images to translate each time.',
        type: 'integer',
        minimum: 0,
        maximum: 1000,
        default: 5,
        ...BOOKKEEPING,
      },
      histogram_every: {
        description:
          'Tell how weights and gradients are spread, layer by layer, before training, every so many epochs, and after the last; null for never. Takes about the time of a step, and a sixth more memory.',
        type: ['integer', 'null'],
        minimum: 1,
        default: null,
        ...BOOKKEEPING,
      },
    },
  },
  engine: {
    description: 'How TensorFlow computes.',
    properties: {
      mode: {
        description:
          'graph: the training step traced once and run as a TensorFlow graph; eager: operation by operation, slower and easy to debug.',
        enum: ['graph', 'eager'],
        default: 'graph',
      },
      precision: {
        description:
          'float32; bfloat16: convolutions in half the bits, everything else in float32, faster where the processor has instructions for it; auto: bfloat16 there, else float32.',
        enum: ['float32', 'bfloat16', 'auto'],
        default: 'float32',
      },
    },
  },
  evaluate: {
    description: 'How the trained generators are measured on the test images.',
    properties: {
      samples: {
        description: 'Rows in the image grids.',
        type: 'integer',
        minimum: 0,
        maximum: 1000,
        default: 5,
      },
      metrics: listOf('metric', 'What to measure.', ['cycle-error', 'identity-error', 'psnr', 'ssim']),
    },
  },
  export: {
    description: 'What the trained generators are written as.',
    properties: {
      formats: listOf('export', 'File formats.', ['saved-model', 'tfjs']),
      image_sizes: {
        description:
          'Sides of the images that the exported graphs take, in pixels: [256, 512]. The first is the default one. null: dataset.image_size alone.',
        type: ['array', 'null'],
        items: { type: 'integer', minimum: 8, maximum: 4096 },
        uniqueItems: true,
        minItems: 1,
        expected: 'a list of sizes in pixels, such as [256, 512], or null',
        default: null,
      },
      directions: {
        description: 'Which generators: AtoB is G, BtoA is F.',
        type: 'array',
        items: { enum: ['AtoB', 'BtoA'] },
        uniqueItems: true,
        default: ['AtoB', 'BtoA'],
      },
    },
  },
};

/** A config path, as a key: `loss.lambda`. */
const PATH = { pattern: '^[^.\\s=]+(\\.[^.\\s=]+)*$' };

/** The section `sweep`. */
export const SWEEP: { readonly description: string } & OptionsSchema = {
  description:
    'Which experiments `runner sweep` makes of this config. A grid, a list of trials, random draws and repeats that are given together are combined, each with each. `runner run` does not look at it.',
  properties: {
    name: {
      description: 'Names the sweep’s folder, runs/sweeps/NAME-HASH; by default the config’s name and what varies.',
      type: ['string', 'null'],
      pattern: '^[A-Za-z0-9][A-Za-z0-9._,+=-]{0,63}$',
      expected: 'a name of letters, digits, dots, dashes and underscores (64 at most), or null',
      default: null,
    },
    grid: {
      description:
        'Every combination of these values, by key: {loss.lambda: [5, 10, 20], generator.type: [unet, resnet]}.',
      type: 'object',
      propertyNames: PATH,
      additionalProperties: { type: 'array', minItems: 1 },
      expected: 'keys with lists of values, as in {loss.lambda: [5, 10]}',
      default: {},
    },
    trials: {
      description:
        'These changes and no others, one experiment each: [{loss.lambda: 3}, {loss.lambda: 7, train.epochs: 10}].',
      type: 'array',
      items: { type: 'object', propertyNames: PATH, expected: 'keys with values, as in {loss.lambda: 3}' },
      expected: 'a list of changes, as in [{loss.lambda: 3}, {loss.lambda: 7}]',
      default: [],
    },
    random: {
      description:
        'Values drawn at random, the same for the same seed: {trials: 20, seed: 1, ranges: {loss.lambda: {min: 1, max: 100, scale: log}}}.',
      type: ['object', 'null'],
      properties: {
        trials: { type: 'integer', minimum: 1, maximum: 100_000 },
        seed: { type: 'integer', minimum: 0, maximum: 2 ** 31 - 1, default: 0 },
        ranges: {
          type: 'object',
          minProperties: 1,
          propertyNames: PATH,
          additionalProperties: {
            type: 'object',
            properties: {
              min: { type: 'number' },
              max: { type: 'number' },
              scale: { enum: ['linear', 'log'] },
              step: { type: 'number', exclusiveMinimum: 0 },
              values: { type: 'array', minItems: 1 },
            },
            additionalProperties: false,
          },
          expected: 'keys with ranges, as in {loss.lambda: {min: 1, max: 100, scale: log}}',
        },
      },
      required: ['trials', 'ranges'],
      additionalProperties: false,
      expected: 'trials, seed and ranges, or null',
      default: null,
    },
    repeats: {
      description: 'Each experiment with so many seeds, from `seed` on; or the seeds themselves, as [1, 2, 3].',
      anyOf: [
        { type: 'integer', minimum: 1, maximum: 10_000 },
        { type: 'array', items: { type: 'integer', minimum: 0, maximum: 2 ** 31 - 1 }, minItems: 1, uniqueItems: true },
      ],
      expected: 'how many, or a list of seeds as in [1, 2, 3]',
      default: 1,
    },
    metric: {
      description:
        'What trials are ranked by: a metric (its mean over both directions), or DIRECTION/METRIC as in AtoB/psnr. null: of evaluate.metrics, the first that is measured against true translations, where the data set knows them; else the first that training does not optimise by what varies, such as cycle-error by loss.lambda; else the first.',
      type: ['string', 'null'],
      minLength: 1,
      default: null,
    },
    better: {
      description: 'Whether less or more of the metric is better; null: what the metric says of itself.',
      enum: ['lower', 'higher', null],
      default: null,
    },
    halving: {
      description:
        'Successive halving (Jamieson and Talwalkar 2016): all trials train `epochs` epochs, the best 1/`factor` of them by `metric` go on to `factor` times as many, and so on; the rest stop there. `metric` is a number that training tells, by its mean over the last epoch: {metric: loss/cycle/forward, epochs: 5, factor: 3}.',
      type: ['object', 'null'],
      properties: {
        metric: { type: 'string', minLength: 1 },
        better: { enum: ['lower', 'higher'], default: 'lower' },
        epochs: { type: 'integer', minimum: 1, default: 1 },
        factor: { type: 'integer', minimum: 2, maximum: 100, default: 3 },
      },
      required: ['metric'],
      additionalProperties: false,
      expected: 'metric, epochs and factor, or null',
      default: null,
    },
  },
};

/** The values at the top of a config. `name` has the file's name as its default. */
export const TOP: OptionsSchema['properties'] = {
  name: {
    description: 'Names the run’s folder, runs/NAME-HASH. By default the file’s own name.',
    type: 'string',
    pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
    expected: 'a name of letters, digits, dots, dashes and underscores (64 at most)',
  },
  seed: {
    description: 'Where all randomness starts: same seed, same run.',
    type: 'integer',
    minimum: 0,
    maximum: 2 ** 31 - 1,
    default: 42,
  },
  plugins: {
    description: 'Modules that add components, as paths relative to this file: [./my-generator.mjs].',
    type: 'array',
    items: { type: 'string', format: 'path' },
    uniqueItems: true,
    default: [],
  },
};

export const TRACKING = {
  description: 'Who follows the run: a tracker’s name with its options. Replaces the default; null removes one.',
  default: { tensorboard: {} },
};

/** The options that every stage has. */
export const STAGE: OptionsSchema['properties'] = {
  type: { description: 'The registered stage; by default the entry’s own name.', type: 'string' },
  needs: {
    description: 'The stages that must be done before.',
    type: 'array',
    items: { type: 'string' },
    uniqueItems: true,
    default: [],
  },
};

/** What a config's own `stages` are merged over; null removes one. */
export const STAGES = {
  description: 'The graph of stages. Merged over the default graph; `export: null` removes a stage.',
  default: {
    preprocess: {},
    train: { needs: ['preprocess'] },
    evaluate: { needs: ['preprocess', 'train'] },
    export: { needs: ['train'] },
  },
};

/** Every key that a config may have. */
export const KEYS: readonly string[] = [
  ...[
    'extends',
    'name',
    'seed',
    'plugins',
    'dataset',
    'method',
    'generator',
    'discriminator',
    'loss',
    'optimizer',
    'schedule',
  ],
  ...['train', 'engine', 'evaluate', 'export', 'sweep', 'launcher', 'tracking', 'stages'],
];

/** What the section `loss` is. Its options are the method's. */
export const LOSS = { description: 'What training minimises: the options of the method.' };

/** The options of the section `loss` under the method that a config names; nothing when there is no such method. */
export function lossOptions(components: Components, method: Json | undefined): OptionsSchema | undefined {
  const name = (isJsonObject(method) ? method.type : method) ?? TYPED.method!.defaultType;
  return typeof name === 'string' && components.method.has(name) ? components.method.get(name).loss : undefined;
}

/** The members of an option that one value may stand for all of (`x-members`), such as both directions of a weight. */
export function membersOf(option: OptionSchema): OptionsSchema['properties'] | undefined {
  return option['x-members'] as OptionsSchema['properties'] | undefined;
}

/** The typed section or stage at a path, if the path is one's. */
export function typedAt(path: readonly string[]): TypedSection | undefined {
  if (path.length === 1) return Object.hasOwn(TYPED, path[0]!) ? TYPED[path[0]!] : undefined;
  if (path.length !== 2 || path[0] !== 'stages') return undefined;
  return { kind: 'stage', defaultType: path[1]!, description: '', common: STAGE };
}

/** The options of a component, or nothing when there is no such component. */
export function optionsOf(components: Components, kind: Kind, name: Json | undefined): OptionsSchema | undefined {
  const registry = components[kind];
  return typeof name === 'string' && registry.has(name) ? registry.get(name).schema : undefined;
}
