import { InvalidArgumentError } from 'commander';
import type { CheckpointChoice } from '../../inference/checkpoint-choice.js';
import { sidesIn } from '../../support/sides.js';
import type { Shard, SizeChoice } from '../../translation/request.js';

/** The values of options of `runner translate` and `runner serve`. Each throws Commander's error for a text that is none. */
export function checkpoint(text: string): CheckpointChoice {
  if (text === 'auto' || text === 'best' || text === 'last') return text;
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('--checkpoint takes auto, best, last, or the step of a checkpoint.');
}

export function size(text: string): SizeChoice {
  if (text === 'keep' || text === 'fit') return text;
  const sides = sidesIn(text);
  if (sides !== undefined) return sides;
  throw new InvalidArgumentError('--size takes keep, fit, a number of pixels, or width and height, such as 512x256.');
}

export function shard(text: string): Shard {
  const [index, count] = text.split('/').map(Number);
  const isShard = /^\d{1,6}\/\d{1,6}$/.test(text) && index! >= 1 && index! <= count!;
  if (isShard) return { index: index! - 1, count: count! };
  throw new InvalidArgumentError('--shard takes i/n, such as 1/4 to 4/4.');
}

export const megapixels =
  (option: string) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && value > 0 && value <= 1000) return value;
    throw new InvalidArgumentError(`${option} takes a number of megapixels.`);
  };
