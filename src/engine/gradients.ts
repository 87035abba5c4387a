import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

/**
 * Computes a loss, its gradients with respect to groups of named tensors, and other tensors on the way.
 *
 * @param groups the tensors to differentiate by, such as the weights of each network; each must be used
 * @param f uses them, and returns the loss and other tensors to return
 * @returns tensors owned by the caller, even inside `tf.tidy`: dispose of them
 */
export function gradientsOf<Group extends string, Extra extends Tensors>(
  groups: Readonly<Record<Group, Tensors>>,
  f: () => { readonly loss: Scalar; readonly extra: Extra },
): { loss: Scalar; extra: Extra; gradients: Record<Group, Tensors> } {
  let extra: Extra | undefined;
  const names = Object.keys(groups) as Group[];
  const differentiate = tf.valueAndGrads(() => {
    const result = f();
    extra = result.extra;
    for (const tensor of Object.values(extra)) tf.keep(tensor);
    return result.loss;
  });
  const { value, grads } = differentiate(names.flatMap((group) => Object.values(groups[group])));
  for (const tensor of [value, ...grads]) tf.keep(tensor);

  const rest = [...grads];
  const gradients = Object.fromEntries(
    names.map((group) => {
      const weights = Object.keys(groups[group]);
      const ofGroup = rest.splice(0, weights.length);
      return [group, Object.fromEntries(weights.map((name, i) => [name, ofGroup[i]!]))];
    }),
  );
  return { loss: value, extra: extra!, gradients: gradients as Record<Group, Tensors> };
}
