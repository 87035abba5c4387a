import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '#tfjs-node/nodejs_kernel_backend.js';

/** An attribute of a TensorFlow op: a number format (`type`) or a plain value. */
export type OpAttributes = Readonly<Record<string, { readonly type: 'float32' | 'int32' } | number | string | boolean>>;

/**
 * Runs an op of TensorFlow's C++ library by its name, where TensorFlow.js has no function for it. Not recorded for
 * gradients: wrap it in {@link customGradient}.
 */
export function nativeOp<T extends Tensor>(name: string, inputs: readonly Tensor[], attributes: OpAttributes): T {
  return nativeOps<T>(name, inputs, attributes, 1)[0]!;
}

/** {@link nativeOp} for an op with several outputs. */
export function nativeOps<T extends Tensor>(
  name: string,
  inputs: readonly Tensor[],
  attributes: OpAttributes,
  outputs: number,
): T[] {
  const backend = tf.backend() as NodeJSKernelBackend;
  const { TF_ATTR_TYPE, TF_ATTR_FLOAT, TF_ATTR_STRING, TF_ATTR_BOOL, TF_FLOAT, TF_INT32 } = backend.binding;
  const encoded = Object.entries(attributes).map(([key, value]) => {
    if (typeof value === 'string') return { name: key, type: TF_ATTR_STRING, value };
    if (typeof value === 'number') return { name: key, type: TF_ATTR_FLOAT, value };
    if (typeof value === 'boolean') return { name: key, type: TF_ATTR_BOOL, value };
    return { name: key, type: TF_ATTR_TYPE, value: value.type === 'float32' ? TF_FLOAT : TF_INT32 };
  });
  return backend.executeMultipleOutputs(name, encoded, [...inputs], outputs) as T[];
}

/**
 * A function with a custom gradient.
 *
 * @param forward computes the value from `inputs`, and saves the tensors that `backward` needs
 * @param backward maps the gradient of the value to the gradients of `inputs`, in their order
 */
export function customGradient<T extends Tensor>(
  inputs: readonly Tensor[],
  forward: (save: (tensors: Tensor[]) => void) => T,
  backward: (dy: T, saved: readonly Tensor[]) => Tensor[],
): T {
  const op = tf.customGrad<T>((...args) => ({ value: forward(args.at(-1) as tf.GradSaveFunc), gradFunc: backward }));
  return op(...inputs);
}

/** A linear map. Its gradient is the adjoint, whose gradient is the map again, so it can be differentiated any number of times. */
export function linear(x: Tensor4D, map: (x: Tensor4D) => Tensor4D, adjoint: (dy: Tensor4D) => Tensor4D): Tensor4D {
  return customGradient(
    [x],
    () => map(x),
    (dy) => [linear(dy, adjoint, map)],
  );
}

/**
 * Reflection padding: more pixels on each side, mirrored without repeating the border.
 * [b, h, w, c] to [b, h + before + after, w + before + after, c]; a side must be above its padding.
 *
 * The gradient is TensorFlow's MirrorPadGrad, because that of `tf.mirrorPad` ignores the reflected pixels.
 *
 * @param before pixels at the top and on the left @param after at the bottom, and on the right
 */
export function reflectPad(x: Tensor4D, before: number, after: readonly [number, number] = [before, before]): Tensor4D {
  const sides: [number, number][] = [[0, 0], [before, after[0]], [before, after[1]], [0, 0]]; // prettier-ignore
  const attributes = { T: { type: 'float32' }, Tpaddings: { type: 'int32' }, mode: 'REFLECT' } as const;
  return linear(
    x,
    (x) => tf.mirrorPad(x, sides, 'reflect'),
    (dy) => nativeOp('MirrorPadGrad', [dy, tf.tensor2d(sides, [4, 2], 'int32')], attributes),
  );
}

/**
 * Twice the height and width, each pixel four times: [b, h, w, c] to [b, 2h, 2w, c]. The gradient is written out, as XLA has none of
 * ResizeNearestNeighbor: the sum of the four.
 */
export function enlarge(x: Tensor4D): Tensor4D {
  return linear(x, repeatPixels, (dy) => tf.mul(tf.avgPool(dy, 2, 2, 'valid'), 4));
}

/**
 * The mean of each square of 2x2 pixels: of all (`stride` 1, [b, h - 1, w - 1, c]), or of those that share no pixel (`stride` 2,
 * [b, h / 2, w / 2, c] of an even height and width). Unlike `tf.avgPool` it can be differentiated twice.
 */
export function averageSquares(x: Tensor4D, stride: 1 | 2): Tensor4D {
  return linear(
    x,
    (x) => tf.avgPool(x, 2, stride, 'valid'),
    (dy) => {
      if (stride === 2) return tf.div(repeatPixels(dy), 4);
      return tf.avgPool(tf.pad(dy, [[0, 0], [1, 1], [1, 1], [0, 0]]), 2, 1, 'valid'); // prettier-ignore
    },
  );
}

function repeatPixels(x: Tensor4D): Tensor4D {
  const [, height, width] = x.shape;
  return tf.image.resizeNearestNeighbor(x, [2 * height, 2 * width]);
}

/** max(x, 0). Its gradient needs only the result, which the next layer keeps anyway: half the memory of `tf.relu`. */
export function relu(x: Tensor4D): Tensor4D {
  return customGradient([x], (save) => saved(save, tf.relu(x)), (dy, [y]) => [leakyReluGradient(dy, y!, 0)]); // prettier-ignore
}

/** x where positive, `slope` x elsewhere (slope above 0). Unlike `tf.leakyRelu` it can be differentiated twice. */
export function leakyRelu(x: Tensor4D, slope: number): Tensor4D {
  return customGradient(
    [x],
    (save) => saved(save, tf.leakyRelu(x, slope)),
    (dy, [y]) => [leakyReluGradient(dy, y!, slope)],
  );
}

/** |x|, with gradient 0 at 0, as in TensorFlow and PyTorch (`tf.abs` has -1 there). */
export function abs<T extends Tensor>(x: T): T {
  return customGradient(
    [x],
    (save) => (save([x]), tf.abs(x)),
    (dy, [x]) => [tf.mul(dy, tf.sign(x!))],
  );
}

/** dy where y is positive, slope dy elsewhere; linear in dy, so its own gradient is itself. */
function leakyReluGradient(dy: Tensor, y: Tensor, slope: number): Tensor {
  return customGradient(
    [dy, y],
    (save) => (save([y]), nativeOp('LeakyReluGrad', [dy, y], { T: { type: 'float32' }, alpha: slope })),
    (ddy, [y]) => [leakyReluGradient(ddy, y!, slope), tf.zerosLike(y!)],
  );
}

function saved<T extends Tensor>(save: (tensors: Tensor[]) => void, value: T): T {
  save([value]);
  return value;
}
