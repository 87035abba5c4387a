import { maskPasswords } from '../support/passwords.js';
import type { Place } from '../support/problem.js';

/** A text with config values: a YAML file, or the argument of `--set`. */
export interface Source {
  /** The absolute path of a file; `--set` for a command-line override. */
  readonly name: string;
  readonly text: string;
  /** Base folder of relative paths in it. */
  readonly dir: string;
}

/** A range of characters in a source, counted from its beginning. */
export interface Origin {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

const WIDEST_LINE = 110;

/** Line, column and excerpt of an origin. */
export function placeOf(origin: Origin): Place {
  const { source, start } = origin;
  const before = source.text.slice(0, start).split('\n');
  const line = before.length;
  const column = before[line - 1]!.length + 1;
  return { file: source.name, line, column, excerpt: excerpt(origin, line, column) };
}

function excerpt({ source, start, end }: Origin, line: number, column: number): string {
  const lines = source.text.split('\n');
  const cut = Math.max(0, column - WIDEST_LINE + 20);
  const margin = source.name === '--set' ? () => '--set ' : (number: number) => `${number} | `;
  const width = margin(line).length;
  const show = (number: number) => {
    const text = printable(lines[number - 1]!).slice(cut, cut + WIDEST_LINE);
    return `${margin(number).padStart(width)}${text}`.trimEnd();
  };
  const rest = lines[line - 1]!.trimEnd().length - (column - 1);
  const length = Math.max(1, Math.min(end - start, rest, WIDEST_LINE - (column - cut)));
  const gutter = margin(line).replace(/\d+|--set/, (text) => ' '.repeat(text.length));
  const marker = `${gutter}${' '.repeat(column - 1 - cut)}${'^'.repeat(length)}`;
  const hasPrevious = line > 1 && lines[line - 2]!.trim() !== '';
  return [...(hasPrevious ? [show(line - 1)] : []), show(line), marker].join('\n');
}

/** One column per character, without passwords and without control characters. */
function printable(text: string): string {
  return maskPasswords(text)
    .replace(/\t/g, ' ')
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, '');
}
