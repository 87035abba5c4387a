import type { ConfigFacts, OptionProblem, OptionSchema, OptionsSchema } from '../../../registry/component.js';
import type { JsonObject } from '../../../support/json.js';
import { SPLITS, type Split } from '../../../registry/kinds/dataset.js';
import { pairedByMethod, type DrawOptions } from '../arranged/arrange-options.js';

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
    const description = `${what}: a file, or a pattern such as \`${example.replace('trainA', split)}\`; relative to the config file.`;
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

/** What is looked for in each entry of a shard: one image, or that of A and that of B. */
export type InEntry = string | readonly [a: string, b: string];

/** The endings of the names of both images of an entry, by which they are a pair. */
export const PAIR_ENDINGS = { A: ' (A)', B: ' (B)' };

export function isPair(inEntry: InEntry | null): inEntry is readonly [a: string, b: string] {
  return typeof inEntry === 'object' && inEntry !== null;
}

/** The schema of {@link InEntry}, of one or two names. */
export const IN_ENTRY: readonly JsonObject[] = [
  { type: 'string', minLength: 1 },
  { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 2, maxItems: 2, uniqueItems: true },
];

/** Both images of an entry are a pair under every method. */
export function pairedEntries<Options extends DrawOptions>(
  options: Options,
  inEntry: InEntry | null,
  facts: ConfigFacts,
): JsonObject {
  return pairedByMethod(isPair(inEntry) ? { ...options, paired: true } : options, facts);
}

/** With a pair in each entry, the patterns of both domains must name the same shards. @param option that names the pair */
export function checkEntries(options: ShardOptions, inEntry: InEntry | null, option: string): OptionProblem[] {
  if (!isPair(inEntry)) return [];
  const parts = [['trainA', 'trainB'], ['testA', 'testB'], ['valA', 'valB']] as const; // prettier-ignore
  return parts.flatMap(([a, b]) => {
    if (options[a] === options[b] || options[a] === null || options[b] === null) return [];
    const message = `dataset.${option} names an image of A and one of B in each entry, but dataset.${a} and dataset.${b} differ.`;
    return [{ path: [b], message, cure: `Give both the same pattern, or dataset.${option} one name.` }];
  });
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
