import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Direction } from '../registry/kinds/export-format.js';
import type { Generators, JudgedTranslation, Method, NetworkWeights } from '../registry/kinds/method.js';

/** What translates, and what judges. */
export interface Judging {
  readonly translate: Generators['translate'];
  readonly judge?: Method['judge'];
  /** The parts beside the translation that are wanted; a graph does not compute the others. By default all. */
  readonly parts?: TranslationParts;
}

export type TranslationParts = Readonly<Record<'reconstructed' | 'identity' | 'realness', boolean>>;

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
  { translate, judge, parts }: Judging,
  weights: NetworkWeights,
  direction: Direction,
  images: Tensor4D,
): JudgedTranslation {
  const translation = translate(weights, direction, images);
  const { translated, reconstructed, identity } = translation;
  const judged = parts?.realness === false ? undefined : judge;
  const realness = judged?.(weights, direction, { source: images, translated });
  return {
    translated,
    ...(reconstructed && parts?.reconstructed !== false && { reconstructed }),
    ...(identity && parts?.identity !== false && { identity }),
    ...(realness && { realness }),
  };
}
