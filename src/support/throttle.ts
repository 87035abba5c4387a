/** Calls `tell` at most once in `ms` milliseconds, except that what is `last` is always told: progress that costs nothing. */
export function throttle<T>(tell: (value: T) => void, ms = 100): (value: T, last?: boolean) => void {
  let told = -Infinity;
  return (value, last = false) => {
    const now = performance.now();
    if (!last && now - told < ms) return;
    told = now;
    tell(value);
  };
}
