import type { Measured } from '../../evaluation/measured.js';
import type { At } from './validation.js';

/** The values of a validation in a line: `validation after epoch 4: AtoB ssim 0.612, psnr 18.00 dB | BtoA ...`. */
export function validationLine({ epoch }: At, measured: Readonly<Record<string, Measured>>): string {
  const shown = Math.round(epoch * 100) / 100;
  const when = epoch === 0 ? 'before training' : `after epoch ${shown}`;
  const sides = Object.entries(measured).flatMap(([direction, { values }]) => {
    const each = Object.entries(values).map(([name, { value, unit }]) => `${name} ${shownValue(value, unit)}`);
    return each.length === 0 ? [] : [`${direction} ${each.join(', ')}`];
  });
  return `validation ${when}: ${sides.join(' | ') || 'nothing could be measured'}`;
}

/** Three digits, so that small distances are distinguished too; decibels with two decimals. */
export function shownValue(value: number, unit?: string): string {
  if (unit !== undefined) return `${value.toFixed(2)} ${unit}`;
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : String(value);
}
