import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';
import { foldKey } from '../engine/random-tensors.js';
import type { LossCurve } from '../registry/kinds/method.js';
import type { RandomKey } from '../registry/kinds/network.js';
import type { AdversarialLoss, GradientPenalty } from '../registry/kinds/objective.js';
import { total } from './parts.js';

/** What discriminators minimise. */
export interface DiscriminatorObjective {
  readonly adversarial: AdversarialLoss;
  /** Absent: none. */
  readonly penalty?: GradientPenalty | undefined;
}

/** Images, or pairs of images along the channels, to scores, [b, h, w, 1]. */
export interface Judge {
  (images: Tensor4D): Tensor4D;
  /** All maps of scores, if there are several: see `Network.maps`. */
  readonly maps?: (images: Tensor4D) => readonly Tensor4D[];
}

/** A discriminator in a step. */
export interface DiscriminatorPass {
  /** As in the state and in curves. */
  readonly name: string;
  readonly D: Judge;
  /** The key of the step; only penalties draw by it. */
  readonly key?: RandomKey | undefined;
  /** Place among the step's discriminators, so that each draws other numbers. */
  readonly index?: number;
}

/**
 * The loss of a discriminator for `gradientsOf`: the adversarial loss, and the gradient penalty times its weight. The penalty alone, without
 * its weight, is a loss of its own, `D/penalty`.
 *
 * @param images constants: no gradient flows into the generators
 */
export function discriminatorLoss(
  { adversarial, penalty }: DiscriminatorObjective,
  { name, D, key, index = 0 }: DiscriminatorPass,
  images: { readonly real: Tensor4D; readonly fake: Tensor4D },
): { readonly loss: Scalar; readonly extra: Readonly<Record<string, Scalar>> } {
  const [real, fake] = [mapsOf(D, images.real), mapsOf(D, images.fake)];
  const loss = total(real.map((scores, i) => adversarial.discriminator(scores, fake[i]!)));
  if (penalty === undefined) return { loss, extra: {} };
  const value = penalty.of((x) => joined(mapsOf(D, x)), images, foldKey(key!, 'penalty', index + 1));
  return { loss: tf.add(loss, tf.mul<Scalar>(value, penalty.weight)), extra: { [`${name}/penalty`]: value } };
}

/** How little a discriminator takes translations for real: a generator's adversarial loss. Over several maps, the sum. */
export const generatorLoss = (adversarial: AdversarialLoss, D: Judge, fake: Tensor4D): Scalar =>
  total(mapsOf(D, fake).map((scores) => adversarial.generator(scores)));

const mapsOf = (D: Judge, images: Tensor4D): readonly Tensor4D[] => D.maps?.(images) ?? [D(images)];

/** All scores of each image: [b, n, 1, 1]. */
function joined(maps: readonly Tensor4D[]): Tensor4D {
  if (maps.length === 1) return maps[0]!;
  return tf.concat(maps.map((scores) => tf.reshape(scores, [scores.shape[0], -1, 1, 1])), 1); // prettier-ignore
}

/** Passes of a whole batch through a discriminator in a step, for `Method.passes`: a penalty is a pass with two passes back. */
export const discriminatorPasses = ({ penalty }: DiscriminatorObjective): number => (penalty === undefined ? 2 : 4);

/** The curve of a discriminator's penalty; none without a penalty. @param penalty the option of the section `loss` */
export function penaltyCurve(penalty: unknown, name: string): readonly LossCurve[] {
  if (penalty === null || penalty === undefined) return [];
  const description = `The gradient penalty of ${name}: how far the norm of its gradient by the images is from what loss.penalty wants. Without its weight.`;
  return [{ name: `${name}/penalty`, description }];
}
