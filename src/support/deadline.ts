/**
 * Does something that has to be done in a certain time.
 *
 * AbortSignal.any() does not keep the AbortSignal.timeout() among its signals alive, and the time is forgotten at the next garbage collection
 * (https://github.com/nodejs/node/issues/57736). Here a timer holds on to what it ends.
 *
 * @param ms milliseconds
 * @param work is given a signal that aborts when `signal` does, with its reason, or else with a TimeoutError when the time is up
 */
export async function withDeadline<T>(
  ms: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const isOver = () => controller.abort(new DOMException(`It took more than ${ms / 1000} s.`, 'TimeoutError'));
  const timer = setTimeout(isOver, ms);
  const follow = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', follow, { once: true });
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', follow);
  }
}
