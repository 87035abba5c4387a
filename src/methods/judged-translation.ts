import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Direction } from '../registry/kinds/export-format.js';
import type { Generators, JudgedTranslation, Method, NetworkWeights } from '../registry/kinds/method.js';

/** What translates, and what judges. */
export interface Judging {
  readonly translate: Generators['translate'];
  readonly judge?: Method['judge'];
}

/** What judges in a method, if something does. */
export function judgeOf(method: Pick<Method, 'judge'>): Pick<Judging, 'judge'> {
  return method.judge === undefined ? {} : { judge: (...given) => method.judge!(...given) };
}

/**
 * Translations of images, [b, s, s, c], and what the discriminators say of them. Pure; the caller owns the tensors.
 *
 * @param weights of all networks that are used
 */
export function judgedTranslation(
  { translate, judge }: Judging,
  weights: NetworkWeights,
  direction: Direction,
  images: Tensor4D,
): JudgedTranslation {
  const translation = translate(weights, direction, images);
  const realness = judge?.(weights, direction, { source: images, translated: translation.translated });
  return { ...translation, ...(realness && { realness }) };
}
