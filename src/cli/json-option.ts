import type { Json } from '../support/json.js';
import { encodeNumber } from '../support/numbers.js';
import { hidePasswords } from '../support/passwords.js';
import type { Io } from './io.js';

/** The `--json` option of every command that prints a list; docs/json.md has the keys. */
export const JSON_OPTION = ['--json', 'for programs: JSON instead of text (docs/json.md)'] as const;

/** Prints one JSON value: indented, without passwords; NaN and infinities as strings. */
export function printJson(value: unknown, { stdout }: Pick<Io, 'stdout'>): void {
  // Interfaces describe JSON here, but TypeScript cannot infer that.
  const plain = JSON.parse(JSON.stringify(value, encodeNumber)) as Json;
  stdout.write(`${JSON.stringify(hidePasswords(plain), null, 2)}\n`);
}
