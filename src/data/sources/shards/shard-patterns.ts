import type { OptionProblem, OptionSchema, OptionsSchema } from '../../../registry/component.js';
import { SPLITS, type Split } from '../../../registry/kinds/dataset.js';
import type { DrawOptions } from '../arranged/arrange-options.js';

/** A pattern of files for each split, and how tests are drawn where there are none. */
export interface ShardOptions extends DrawOptions {
  readonly trainA: string;
  readonly trainB: string;
  readonly testA: string | null;
  readonly testB: string | null;
  readonly valA: string | null;
  readonly valB: string | null;
}

export const REQUIRED_PATTERNS = ['trainA', 'trainB'] as const;

const PARTS: Readonly<Record<string, string>> = { train: 'Training', test: 'Test', val: 'Validation' };

/** The option of each split. @param example of a pattern */
export function shardPatterns(example: string): OptionsSchema['properties'] {
  return Object.fromEntries(SPLITS.map((split) => [split, patternOf(split, example)]));
}

function patternOf(split: Split, example: string): OptionSchema {
  const what = `${PARTS[split.slice(0, -1)]!} images of ${split.slice(-1)}`;
  if (split.startsWith('train')) {
    const description = `${what}: a file, or a pattern such as ${example}; relative to the config file.`;
    return { type: 'string', format: 'path', minLength: 1, description };
  }
  const otherwise = split.startsWith('test') ? ' By default a part of the training images is kept for tests.' : '';
  return {
    type: ['string', 'null'],
    format: 'path',
    minLength: 1,
    default: null,
    expected: 'a path or a pattern, or null',
    description: `${what}, in the same way.${otherwise}`,
  };
}

/** Test images are given for both domains or for none, and so are validation images. */
export function checkPatterns(options: ShardOptions): OptionProblem[] {
  const parts = [['testA', 'testB'], ['valA', 'valB']] as const; // prettier-ignore
  return parts.flatMap(([a, b]) => {
    if ((options[a] === null) === (options[b] === null)) return [];
    const [given, absent] = options[a] === null ? [b, a] : [a, b];
    const message = `dataset.${given} is given, and dataset.${absent} is not.`;
    return [{ path: [given], message, cure: 'Give both, or neither.' }];
  });
}
