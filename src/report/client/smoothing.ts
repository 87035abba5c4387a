/**
 * The exponential moving average with the weight `by` for the past, divided by the sum of its weights so that it does not start at 0, as in
 * TensorBoard. Values that are not finite are kept, and do not enter the average.
 */
export function smoothed(values: ArrayLike<number>, by: number): Float64Array {
  const result = new Float64Array(values.length);
  let [sum, weights] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isFinite(value)) {
      sum = by * sum + (1 - by) * value;
      weights = by * weights + (1 - by);
    }
    result[i] = Number.isFinite(value) ? sum / weights : value;
  }
  return result;
}
