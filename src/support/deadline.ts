/**
 * Runs `work` with a time limit.
 *
 * AbortSignal.any() does not keep an AbortSignal.timeout() alive: garbage collection removes the time limit
 * (https://github.com/nodejs/node/issues/57736). Here a timer references the controller.
 *
 * @param ms milliseconds
 * @param work receives a signal that aborts when `signal` does, with its reason, or with a TimeoutError when the time is up
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
