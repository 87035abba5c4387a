import type { ConfigFacts, OptionsSchema } from '../../../registry/component.js';
import type { JsonObject } from '../../../support/json.js';
import { BOOKKEEPING } from '../../../registry/option-parts.js';
import type { SplitOptions } from './split-by-content.js';

export interface DrawOptions extends SplitOptions {
  /** Whether a drawn split keeps pairs together. */
  readonly paired?: boolean;
}

export interface ArrangeOptions extends DrawOptions {
  /** Folders of A and B; null for the default names. */
  readonly domains: readonly string[] | null;
}

/** How a missing split is drawn. The result is part of the source's identity, so the options are not. */
export const SPLIT_OPTIONS: OptionsSchema['properties'] = {
  test_share: {
    type: 'number',
    exclusiveMinimum: 0,
    exclusiveMaximum: 1,
    default: 0.1,
    description:
      'The share of each domain’s images that is kept for tests, where there are no test images: at least one, at most all but one.',
  },
  split_seed: {
    type: 'integer',
    minimum: 0,
    default: 0,
    description: 'Which images those are: another seed draws others.',
  },
};

export const ARRANGE_OPTIONS: OptionsSchema['properties'] = {
  domains: {
    type: ['array', 'null'],
    // Names, not paths: a path could lead out of the folder, or to one folder twice.
    items: { type: 'string', pattern: '^(?!\\.{1,2}$)[^/\\\\]+$', expected: 'the name of a folder, not a path' },
    minItems: 2,
    maxItems: 2,
    uniqueItems: true,
    default: null,
    expected: 'a list of two different names of folders, such as [horses, zebras], or null',
    description:
      'The names of the two domains’ folders, A’s first: [horses, zebras]. By default A and B, or trainA and trainB.',
  },
  ...SPLIT_OPTIONS,
  paired: {
    type: 'boolean',
    description:
      'Whether images of A and B that are called the same are pairs: they stay together where a part of them is kept for tests, and a test image’s partner is its true translation in the evaluation. Under a method that needs pairs they always are.',
    // The split that comes of it is in the source's identity.
    ...BOOKKEEPING,
  },
};

/** Under a method that needs pairs, the images are pairs; else nothing is added, so that configs stay what they were. */
export function pairedByMethod(options: DrawOptions, { pairing }: ConfigFacts): JsonObject {
  return { ...(options as unknown as JsonObject), ...(pairing === 'paired' && { paired: true }) };
}
