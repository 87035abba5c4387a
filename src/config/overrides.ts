import type { Json } from '../support/json.js';
import type { Problem } from '../support/problem.js';
import { parseYaml } from './parse.js';
import { placeOf, type Source } from './source.js';
import { toJson, withValue, type Path, type Tree } from './tree.js';

/** One `--set path=value` of the command line. */
export interface Override {
  readonly path: Path;
  readonly value: Json;
  /** As it was typed. */
  readonly text: string;
}

/** All overrides of a command line as one layer to merge over the file. */
export interface Overrides {
  readonly list: readonly Override[];
  readonly tree?: Tree;
  readonly problems: readonly Problem[];
}

/** @param texts such as `loss.lambda=5`; later ones win @param cwd where relative paths in them start */
export function readOverrides(texts: readonly string[], cwd: string): Overrides {
  const list: Override[] = [];
  const problems: Problem[] = [];
  let tree: Tree | undefined;
  for (const text of texts) {
    const source: Source = { name: '--set', text, dir: cwd };
    const equals = text.indexOf('=');
    const path = text.slice(0, equals).trim().split('.');
    if (equals < 1 || path.some((key) => key === '')) {
      problems.push(malformed(source));
      continue;
    }
    if (path[0] === 'extends') {
      problems.push(extending(source, equals));
      continue;
    }
    const values = splitGrid(text.slice(equals + 1));
    if (values.length > 1) {
      problems.push(grid(source, equals, values));
      continue;
    }
    const parsed = parseYaml(source, equals + 1);
    problems.push(...parsed.problems);
    if (parsed.tree === undefined) {
      if (parsed.problems.length === 0) problems.push(empty(source, equals));
      continue;
    }
    list.push({ path, value: toJson(parsed.tree), text });
    tree = withValue(tree, path, { key: { source, start: 0, end: equals }, value: parsed.tree });
  }
  return { list, tree, problems };
}

/**
 * Cuts a bare comma list, which stands for a grid of values: `5,10` is two values, `[1,2],[3,4]` two lists; `[1,2]`
 * and `"a,b"` are one value.
 */
export function splitGrid(text: string): string[] {
  const values: string[] = [];
  let depth = 0;
  let quote = '';
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if ('[{'.includes(character)) depth++;
    else if (']}'.includes(character)) depth--;
    else if (character === ',' && depth === 0) {
      values.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...values, text.slice(start)];
}

function extending(source: Source, end: number): Problem {
  const message = '--set cannot make a config extend another: what a file extends is written in the file.';
  return {
    code: 'wrong-key',
    message,
    cure: 'Write a file with that `extends` and run it, or set the keys themselves.',
    place: placeOf({ source, start: 0, end }),
  };
}

function malformed(source: Source): Problem {
  return {
    code: 'bad-override',
    message: `--set takes key=value, found "${source.text}".`,
    cure: 'For example: --set train.epochs=80',
    place: placeOf({ source, start: 0, end: source.text.length }),
  };
}

function empty(source: Source, equals: number): Problem {
  return {
    code: 'bad-override',
    message: `${source.text.slice(0, equals)} is set to nothing.`,
    cure: 'Put a value after the equals sign; null is a value too.',
    place: placeOf({ source, start: equals, end: equals + 1 }),
  };
}

function grid(source: Source, equals: number, values: readonly string[]): Problem {
  const key = source.text.slice(0, equals);
  const each = values.map((value) => `--set ${key}=${value.trim()}`);
  return {
    code: 'grid',
    message: `${source.text} is a grid of ${values.length} values, and a run takes one.`,
    cure: `Run one at a time: ${each.join(', then ')}. If one list is meant: --set '${key}=[${source.text.slice(equals + 1)}]'.`,
    place: placeOf({ source, start: equals + 1, end: source.text.length }),
  };
}
