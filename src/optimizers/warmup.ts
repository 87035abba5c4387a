/**
 * The share of the learning rate in a step of the warm-up: from 1/n of it in the first of n steps linearly to the whole in the last (Goyal et
 * al. 2017, section 2.2; PyTorch's LinearLR with start_factor 1/n and total_iters n - 1). It multiplies what the schedule says.
 *
 * @param step steps done before this one
 * @param steps n; 0 for no warm-up
 */
export function warmupShare(step: number, steps: number): number {
  return step >= steps ? 1 : Math.min(1, (step + 1) / steps);
}
