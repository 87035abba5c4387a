import { visible } from '../../support/visible.js';

/** Formats `AtoB` as A → B. */
export function arrow(direction: string): string {
  return visible(direction.replace(/^([AB])to([AB])$/, '$1 → $2'));
}
