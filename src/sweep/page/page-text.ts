import type { Scalar } from '../../support/json.js';
import { typed } from '../../support/shell.js';
import { visible } from '../../support/visible.js';
import { NONE } from '../summary/summary-text.js';

/** The value of a trial on an axis, as text. */
export function plain(value: Scalar | undefined): string {
  return value === undefined ? NONE : visible(String(value));
}

/** Cuts a text to a maximum number of characters. */
export function shortened(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, Math.max(1, most - 1)).join('')}…`;
}

/** A command line to paste into a shell. */
export function commandLine(command: readonly string[]): string {
  return command.map((word) => visible(typed(word))).join(' ');
}
