import type { Progress } from '../../registry/kinds/stage-event.js';
import { formatNumber } from '../../support/format-number.js';

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** Progress in units: `1200/42680 steps`, `48.2/117 MB`, or `48.2 MB` if the total is unknown. */
export function amount({ unit, done, total }: Pick<Progress, 'unit' | 'done' | 'total'>): string {
  if (unit !== 'bytes') return total > 0 ? `${done}/${total} ${unit}` : `${done} ${unit}`;
  const power = powerOf(Math.max(done, total));
  return `${scaled(done, power)}${total > 0 ? `/${scaled(total, power)}` : ''} ${UNITS[power]}`;
}

/** Its speed: `4.1 steps/s`, `11.3 MB/s`. */
export function speed(unit: string, rate: number): string {
  if (unit !== 'bytes') return `${formatNumber(rate)} ${unit}/s`;
  const power = powerOf(rate);
  return `${scaled(rate, power)} ${UNITS[power]}/s`;
}

/** The largest power of 1000 that leaves a non-zero integer part. */
function powerOf(bytes: number): number {
  let power = 0;
  while (power + 1 < UNITS.length && Math.round(bytes) >= 1000 ** (power + 1)) power++;
  return power;
}

/** Three digits, for a stable line width; bytes in full. */
function scaled(bytes: number, power: number): string {
  const value = bytes / 1000 ** power;
  return value.toFixed(power === 0 || value >= 99.95 ? 0 : value >= 9.995 || value === 0 ? 1 : 2);
}
