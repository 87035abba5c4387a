/** Calls `report` at most once in `ms` milliseconds, and always for the `last` value: cheap progress reports. */
export function throttle<T>(report: (value: T) => void, ms = 100): (value: T, last?: boolean) => void {
  let reported = -Infinity;
  return (value, last = false) => {
    const now = performance.now();
    if (!last && now - reported < ms) return;
    reported = now;
    report(value);
  };
}
