export { duration } from '../../support/duration.js';

/** The time since a moment: `just now`, `3 hours ago`, `12 days ago`. @param time milliseconds since 1970 */
export function ago(time: number, now = Date.now()): string {
  const minutes = (now - time) / 60_000;
  const [count, unit] =
    minutes < 60 ? [minutes, 'minute'] : minutes < 48 * 60 ? [minutes / 60, 'hour'] : [minutes / 1440, 'day'];
  const whole = Math.floor(count);
  return whole < 1 ? 'just now' : `${whole} ${unit}${whole === 1 ? '' : 's'} ago`;
}
