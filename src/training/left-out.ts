import type { LeftOut } from '../data/batches/pairs.js';
import { visible } from '../support/visible.js';
import { count, counted } from '../support/plain-text.js';

/** Warnings of training images without a partner: a sentence for each domain and reason, with the first names. */
export function leftOutWarnings(leftOut: readonly LeftOut[]): string[] {
  return leftOut.map(({ split, partner, count: all, names }) => {
    const other = split === 'trainA' ? 'trainB' : 'trainA';
    const named = names.map(visible).join(', ') + (all > names.length ? ` and ${count(all - names.length)} more` : '');
    const [are, their] = all === 1 ? ['is', 'its'] : ['are', 'their'];
    const why =
      partner === 'missing'
        ? `no image of ${other} has ${their} name, or more than one has it`
        : all === 1
          ? `its partner in ${other} is a bad image`
          : `their partners in ${other} are bad images`;
    return `${counted(all, 'image')} of ${split} ${are} left out, as ${why} (${named}).`;
  });
}
