import type { OptionsSchema } from '../registry/component.js';
import type { Kind } from '../registry/kinds.js';
import type { JsonObject } from '../support/json.js';
import { DATASET } from './dataset-options.js';

/**
 * The sections of a config that belong to no component: a stage brings its own (`section`), a method what `loss` may hold. `expected` in a
 * schema says in words what the schema wants, where the generated words would be poor.
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

/** How TensorFlow computes, whatever stage uses it. */
export const ENGINE: { readonly description: string } & OptionsSchema = {
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
};

/** What a component in a list may have beside its own options. */
export const NAMED: OptionsSchema['properties'] = {
  name: {
    description: 'What it is called, where two of a type are in the list; by default its type.',
    type: 'string',
    pattern: '^[A-Za-z0-9][A-Za-z0-9-]{0,63}$',
    expected: 'a name of letters, digits and dashes (64 at most)',
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

/** A section of entries, each a component under a name of its own: by default the component of that name. */
export interface MembersSection {
  readonly kind: Kind;
  readonly description: string;
  /** Options that every entry has. */
  readonly common: OptionsSchema['properties'];
  /** The entries that there are where a config says nothing. */
  readonly default: JsonObject;
  /** Whether a resolved entry says its type only where that is not its name, as in configs from before there was a choice. */
  readonly impliesType?: true;
}

export const MEMBERS = {
  tracking: {
    kind: 'tracker',
    description: 'Who follows the run: a tracker’s name with its options. Replaces the default; null removes one.',
    common: { type: { description: 'The registered tracker; by default the entry’s own name.', type: 'string' } },
    default: { tensorboard: {} },
    impliesType: true,
  },
  /** A config's own `stages` are merged over the default ones; null removes one. */
  stages: {
    kind: 'stage',
    description: 'The graph of stages. Merged over the default graph; `export: null` removes a stage.',
    common: {
      type: { description: 'The registered stage; by default the entry’s own name.', type: 'string' },
      needs: {
        description: 'The stages that must be done before.',
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

/** What the section `loss` is. Its options are the method's. */
export const LOSS = { description: 'What training minimises: the options of the method.' };
