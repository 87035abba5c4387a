import type { TorchTensor } from '../../torch/state-dict.js';

/**
 * A kernel in TensorFlow's order: [out, in, h, w] to [h, w, in, out]; of a transposed convolution, [in, out, h, w] to [h, w, out, in].
 *
 * @param swapped whether the two halves of the first axis change places: the input channels of a transposed convolution
 */
export function fromTorchKernel({ shape, values }: TorchTensor, swapped = false): Float32Array {
  const [first, second, height, width] = shape as [number, number, number, number];
  const pixels = height * width;
  const kernel = new Float32Array(values.length);
  let at = 0;
  for (let i = 0; i < first; i++) {
    const to = swapped ? (i + first / 2) % first : i;
    for (let j = 0; j < second; j++) {
      for (let pixel = 0; pixel < pixels; pixel++) kernel[(pixel * second + j) * first + to] = values[at++]!;
    }
  }
  return kernel;
}
