import type { Scalar } from '../../support/json.js';
import { typed } from '../../support/shell.js';
import { visible } from '../../support/visible.js';
import { NONE } from '../summary/summary-text.js';

/** The value of a trial on an axis, as text. */
export function plain(value: Scalar | undefined): string {
  return value === undefined ? NONE : visible(String(value));
}

/** So many signs of a text at most. */
export function shortened(text: string, most: number): string {
  const signs = [...text];
  return signs.length <= most ? text : `${signs.slice(0, Math.max(1, most - 1)).join('')}…`;
}

/** `AtoB` is read as A → B. */
export function arrow(direction: string): string {
  return visible(direction.replace(/^([AB])to([AB])$/, '$1 → $2'));
}

/** A command as it can be pasted into a shell. */
export function commandLine(command: readonly string[]): string {
  return command.map((word) => visible(typed(word))).join(' ');
}
