import type { Measured } from '../../evaluation/measured.js';
import { formatNumber } from '../../support/format-number.js';
import type { At } from './validation.js';

/** The values of a validation in a line: `validation after epoch 4: AtoB ssim 0.6123, psnr 18.00 dB | BtoA ...`. */
export function validationLine({ epoch }: At, measured: Readonly<Record<string, Measured>>): string {
  const shown = Math.round(epoch * 100) / 100;
  const when = epoch === 0 ? 'before training' : `after epoch ${shown}`;
  const sides = Object.entries(measured).flatMap(([direction, { values }]) => {
    const each = Object.entries(values).map(
      ([name, { value, unit }]) => `${name} ${formatNumber(value)}${unit === undefined ? '' : ` ${unit}`}`,
    );
    return each.length === 0 ? [] : [`${direction} ${each.join(', ')}`];
  });
  return `validation ${when}: ${sides.join(' | ') || 'nothing could be measured'}`;
}
