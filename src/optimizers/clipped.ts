import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { OptimizerConfig } from '../registry/config.js';
import type { Weights } from '../registry/kinds/network.js';
import type { Optimizer } from '../registry/kinds/objective.js';

type ClipOptions = Pick<OptimizerConfig, 'clip_value' | 'clip_norm'>;

/** An optimizer that clips the gradients of a network before it uses them. */
export function clipped(
  optimizer: Optimizer,
  { clip_value: value = null, clip_norm: norm = null }: ClipOptions,
): Optimizer {
  if (value === null && norm === null) return optimizer;
  return {
    slots: optimizer.slots,
    update: (state, gradients, learningRate, step) => {
      const limited = tf.tidy(() => {
        const each =
          value === null ? gradients : mapped(gradients, (gradient) => tf.clipByValue(gradient, -value, value));
        return norm === null ? each : withNorm(each, norm);
      });
      const next = optimizer.update(state, limited, learningRate, step);
      tf.dispose(limited);
      return next;
    },
  };
}

/** Gradients with a common norm of at most `most`. */
function withNorm(gradients: Weights, most: number): Weights {
  const squares = Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)));
  const scale = tf.div(most, tf.maximum(tf.sqrt(tf.addN(squares)), most));
  return mapped(gradients, (gradient) => tf.mul(gradient, scale));
}

function mapped(gradients: Weights, change: (gradient: Tensor) => Tensor): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, change(gradient)]));
}
