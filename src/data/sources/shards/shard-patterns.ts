import type { ConfigFacts, OptionProblem, OptionSchema, OptionsSchema } from '../../../registry/component.js';
import type { JsonObject } from '../../../support/json.js';
import { SPLITS, type Split } from '../../../registry/kinds/dataset.js';
import type { ShardFormat, ShardFormats } from './shard-format.js';
import { ARRANGE_OPTIONS, pairedByMethod, SPLIT_OPTIONS, type DrawOptions } from '../arranged/arrange-options.js';

/** A pattern of files for each split, and how tests are drawn where there are none. */
export interface ShardOptions extends DrawOptions {
  readonly trainA: string;
  readonly trainB: string;
  readonly testA: string | null;
  readonly testB: string | null;
  readonly valA: string | null;
  readonly valB: string | null;
}

const PARTS: Readonly<Record<string, string>> = { train: 'Training', test: 'Test', val: 'Validation' };

/**
 * The options of images in shards: a pattern for each split, what is looked for in each entry, how tests are drawn, pairs.
 *
 * @param example of a pattern
 * @param inEntry the option of {@link InEntry}, by its name
 */
export function shardSchema(example: string, inEntry: OptionsSchema['properties']): OptionsSchema {
  const patterns = Object.fromEntries(SPLITS.map((split) => [split, patternOf(split, example)]));
  return {
    properties: { ...patterns, ...inEntry, ...SPLIT_OPTIONS, paired: ARRANGE_OPTIONS['paired']! },
    required: ['trainA', 'trainB'],
  };
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

export function isPair<T extends string | null>(
  inEntry: T | readonly [a: string, b: string],
): inEntry is readonly [a: string, b: string] {
  return typeof inEntry === 'object' && inEntry !== null;
}

/**
 * The formats of both domains' shards.
 *
 * @param format of the shards of a domain; where each entry holds a pair, both names get endings, by which they are one
 */
export function formatsOf<Single extends string | null>(
  inEntry: Single | readonly [a: string, b: string],
  format: (inEntry: Single | string, ending?: string) => ShardFormat,
): ShardFormats {
  if (isPair(inEntry)) return { A: format(inEntry[0], ' (A)'), B: format(inEntry[1], ' (B)') };
  return { A: format(inEntry), B: format(inEntry) };
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
