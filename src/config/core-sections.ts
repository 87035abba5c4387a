import type { OptionsSchema } from '../registry/component.js';
import type { Kind } from '../registry/kinds.js';
import type { JsonObject } from '../support/json.js';
import { BOOKKEEPING } from '../registry/option-parts.js';
import { DATASET } from './dataset-options.js';
import { OPTIMIZER } from './optimizer-options.js';

/**
 * The built-in sections of a config. A stage adds its own (`section`), a method the options of `loss`. `expected` in a schema replaces the
 * generated description of allowed values in error messages.
 */

/** A section with a component's name in `type`, and the component's options. */
export interface TypedSection {
  readonly kind: Kind;
  readonly defaultType: string;
  readonly description: string;
  /** Options of every type. */
  readonly common: OptionsSchema['properties'];
  /** Leaves the default type out of fingerprints, as in older configs, which had no `type` here. */
  readonly neutral?: true;
}

/** The sections that name a component by `type`. (The entries of {@link MEMBERS} do, too.) */
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
    description: 'The training method: it defines the networks, their losses, and the options of the section `loss`.',
    common: {},
    neutral: true,
  },
  generator: {
    kind: 'generator',
    defaultType: 'unet',
    description: 'The network that translates images; CycleGAN has two of them, G (A to B) and F (B to A).',
    common: {},
  },
  discriminator: {
    kind: 'discriminator',
    defaultType: 'patchgan',
    description:
      'The network that separates real images from translated ones; CycleGAN has two of them, one for each domain.',
    common: {},
  },
  optimizer: {
    kind: 'optimizer',
    defaultType: 'adam',
    description: 'The update rule; each network has its own.',
    common: OPTIMIZER,
  },
  schedule: {
    kind: 'schedule',
    defaultType: 'constant',
    description: 'How the learning rate changes over the epochs.',
    common: {
      warmup: {
        description:
          'Epochs in which the learning rate rises from almost nothing to what the schedule says, in equal steps, one each training step (Goyal et al. 2017); 0 for none. May be a fraction of an epoch.',
        type: 'number',
        minimum: 0,
        default: 0,
        'x-neutral': true,
      },
    },
  },
  launcher: {
    kind: 'launcher',
    defaultType: 'local',
    description: 'Where the trials of a sweep run. Changes no result.',
    common: {
      jobs: {
        description: 'Maximum number of parallel trials; null lets the launcher decide.',
        type: ['integer', 'null'],
        minimum: 1,
        maximum: 10_000,
        default: null,
      },
    },
  },
};

/** How TensorFlow computes, in every stage. */
export const ENGINE: { readonly description: string } & OptionsSchema = {
  description: 'How TensorFlow computes.',
  properties: {
    mode: {
      description:
        'graph: traces the training step once and runs it as a TensorFlow graph; eager: runs each operation by itself, slower but easy to debug.',
      enum: ['graph', 'eager'],
      default: 'graph',
    },
    precision: {
      description:
        'float32; bfloat16: convolutions with half the bits, everything else in float32, faster if the hardware supports it; auto: bfloat16 if the device supports it (a card of compute capability 8.0 or higher, a processor with AVX-512 BF16 or AMX), else float32.',
      enum: ['float32', 'bfloat16', 'auto'],
      default: 'float32',
    },
    device: {
      description:
        'auto: an NVIDIA card if the engine is for GPUs, else the processor; cpu; gpu; or a card’s number, from 0, as nvidia-smi counts, or of those in CUDA_VISIBLE_DEVICES. A missing card is an error: nothing falls back to the processor. Changes no result but what precision: auto chooses.',
      anyOf: [{ enum: ['auto', 'cpu', 'gpu'] }, { type: 'integer', minimum: 0, maximum: 999 }],
      expected: 'auto, cpu, gpu or a card’s number, from 0',
      ...BOOKKEEPING,
      default: 'auto',
    },
    replicas: {
      description:
        'On how many cards a training computes: each takes an equal part of every batch, and the gradients are averaged. Changes no result but by rounding.',
      type: 'integer',
      minimum: 1,
      maximum: 64,
      ...BOOKKEEPING,
      default: 1,
    },
    xla: {
      description:
        'on: XLA compiles the training step to one program, which spares a GPU the waiting between thousands of operations; the first start of a training of its kind takes longer. off: TensorFlow runs the operations one by one, which is faster on processors. auto: on where a GPU computes. Changes no result but by rounding.',
      enum: ['auto', 'on', 'off'],
      ...BOOKKEEPING,
      default: 'auto',
    },
  },
};

/** Options that a component in a list may have in addition to its own. */
export const NAMED: OptionsSchema['properties'] = {
  name: {
    description: 'A unique name, needed for a second component of the same type; by default the type.',
    type: 'string',
    pattern: '^[A-Za-z0-9][A-Za-z0-9-]{0,63}$',
    expected: 'a name of letters, digits and dashes (64 at most)',
  },
};

/** The top-level values of a config. The default of `name` is the file's name. */
export const TOP: OptionsSchema['properties'] = {
  name: {
    description: 'The name of the run: its folder is runs/NAME-HASH. By default the file’s name.',
    type: 'string',
    pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
    expected: 'a name of letters, digits, dots, dashes and underscores (64 at most)',
  },
  seed: {
    description: 'Seed of all random numbers: the same seed gives the same run.',
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

/** A section of named entries, each a component. An entry's name is its default type. */
export interface MembersSection {
  readonly kind: Kind;
  readonly description: string;
  /** Options of every entry. */
  readonly common: OptionsSchema['properties'];
  /** The entries of a config without this section. */
  readonly default: JsonObject;
  /** Leaves `type` out of a resolved entry where it equals the name, as in older configs, which had no `type` here. */
  readonly impliesType?: true;
}

export const MEMBERS = {
  tracking: {
    kind: 'tracker',
    description:
      'The trackers that record the run, by name, with their options. Replaces the default; null removes one.',
    common: { type: { description: 'The registered tracker; by default the entry’s name.', type: 'string' } },
    default: { tensorboard: {} },
    impliesType: true,
  },
  /** A config's own `stages` are merged over the default ones; null removes one. */
  stages: {
    kind: 'stage',
    description: 'The graph of stages. Merged over the default graph; `export: null` removes a stage.',
    common: {
      type: { description: 'The registered stage; by default the entry’s name.', type: 'string' },
      needs: {
        description: 'The stages that must finish before this one.',
        type: 'array',
        items: { type: 'string' },
        uniqueItems: true,
        default: [],
      },
    },
    default: {
      preprocess: {},
      train: { needs: ['preprocess'] },
      evaluate: { needs: ['preprocess', 'train'] },
      export: { needs: ['train'] },
    },
  },
} as const satisfies Readonly<Record<string, MembersSection>>;

/** The section `loss`. The method defines its options. */
export const LOSS = { description: 'What training minimises: the options of the method.' };
