import type { Json } from '../support/json.js';
import { encodeNumber } from '../support/numbers.js';
import { hidePasswords } from '../support/passwords.js';
import type { Io } from './io.js';

/** What `--json` means for every command that prints a list: one option, one way to print, docs/json.md for the keys. */
export const JSON_OPTION = ['--json', 'for programs: JSON instead of text (docs/json.md)'] as const;

/** Prints one JSON value: indented, without passwords; `NaN` and the infinite numbers are strings. */
export function printJson(value: unknown, { stdout }: Pick<Io, 'stdout'>): void {
  // What an interface describes is JSON, though TypeScript does not say so.
  const plain = JSON.parse(JSON.stringify(value, encodeNumber)) as Json;
  stdout.write(`${JSON.stringify(hidePasswords(plain), null, 2)}\n`);
}
