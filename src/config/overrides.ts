import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { invalid, type Outcome, valid } from '../support/outcome.js';
import type { Problem } from '../support/problem.js';
import { quoted } from '../support/shell.js';
import { parseYaml } from './parse.js';
import { placeOf, type Origin, type Source } from './source.js';
import { setAsText, valueStart } from './texts.js';
import { withValue, type Path, type ConfigTree } from './config-tree.js';

/** All overrides of a command line as one layer to merge over the file. */
export interface Overrides {
  readonly tree?: ConfigTree;
}

/** One `--set`: a key with one value, or with a grid of values. */
export interface Assignment {
  readonly path: Path;
  readonly choices: readonly Choice[];
  /** As typed. */
  readonly text: string;
}

/** One value for a key, with the places of both. */
export interface Choice {
  readonly value: ConfigTree;
  readonly key?: Origin;
  /** As typed after `--set`. */
  readonly text: string;
}

/** @param texts such as `loss.lambda=5` or `loss.lambda=5,10` @param cwd base folder of relative paths in them */
export function readAssignments(texts: readonly string[], cwd: string) {
  const assignments: Assignment[] = [];
  const problems: Problem[] = [];
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
    const texts = values.length === 1 ? [text] : values.map((value) => `${text.slice(0, equals)}=${value.trim()}`);
    const choices = texts.map((choice) => readChoice({ ...source, text: choice }, equals));
    // A part of a path with a comma may be empty or invalid YAML, although the whole path is valid.
    const whole = values.length > 1 ? asText(source) : undefined;
    const wrong = choices.flatMap((choice) => choice.problems);
    problems.push(...wrong.map((problem) => ({ ...problem, ...(whole !== undefined && { cure: whole }) })));
    if (choices.every(({ choice }) => choice !== undefined)) {
      assignments.push({ path, choices: choices.map(({ choice }) => choice!), text });
    }
  }
  return { assignments, problems };
}

/** The layer to merge over the file for one experiment: one choice of each assignment; later ones win. */
export function overridesOf(chosen: readonly { readonly path: Path; readonly choice: Choice }[]): Overrides {
  let tree: ConfigTree | undefined;
  for (const { path, choice } of chosen) tree = withValue(tree, path, choice);
  return { tree };
}

/** The overrides of a command that takes one value for each key. */
export function readOverrides(texts: readonly string[], cwd: string): Outcome<Overrides> {
  const { assignments, problems } = readAssignments(texts, cwd);
  const grids = assignments.filter(({ choices }) => choices.length > 1).map((assignment) => grid(assignment, cwd));
  if (problems.length + grids.length > 0) return invalid(...problems, ...grids);
  return valid(overridesOf(assignments.map(({ path, choices }) => ({ path, choice: choices[0]! }))));
}

function readChoice(source: Source, equals: number): { choice?: Choice; problems: readonly Problem[] } {
  const { tree, problems } = parseYaml(source, equals + 1);
  if (problems.length > 0) return { problems: problems.map((problem) => withTextCure(problem, source)) };
  const lost = lostPart(source, equals, tree);
  if (lost !== undefined) return { problems: [lost] };
  if (tree === undefined) return { problems: [empty(source, equals)] };
  return { choice: { value: tree, key: { source, start: 0, end: equals }, text: source.text }, problems: [] };
}

/**
 * Splits a comma list without brackets, a grid of values: `5,10` is two values, `[1,2],[3,4]` two lists; `[1,2]`
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

/** YAML would drop `#1` in `photos #1` as a comment, and `&a` in `&a photos` as an anchor; on a command line both are refused. */
function lostPart(source: Source, equals: number, tree: ConfigTree | undefined): Problem | undefined {
  const start = equals + 1;
  const [from, to] = tree?.at === undefined ? [source.text.length, start] : [tree.at.start, tree.at.end];
  const before = source.text.slice(start, from).trim();
  const lost = before === '' ? source.text.slice(to).trim() : before;
  if (lost === '') return undefined;
  const at = source.text.indexOf(lost, before === '' ? to : start);
  return {
    code: 'bad-override',
    message: `YAML would drop ${JSON.stringify(lost)} of this value.`,
    cure: asText(source),
    place: placeOf({ source, start: at, end: at + lost.length }),
  };
}

function withTextCure(problem: Problem, source: Source): Problem {
  return { ...problem, cure: [problem.cure, asText(source)].filter((part) => part !== undefined).join(' ') };
}

function asText(source: Source): string {
  return `If it is one text, such as a path: ${setAsText(source)}.`;
}

function extending(source: Source, end: number): Problem {
  const message = '--set cannot set `extends`: it is read only from the file.';
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
    cure: 'Put a value after the equals sign, such as null.',
    place: placeOf({ source, start: equals, end: equals + 1 }),
  };
}

function grid({ text, choices }: Assignment, cwd: string): Problem {
  const source: Source = { name: '--set', text, dir: cwd };
  const start = valueStart(source);
  const list = `--set ${quoted(`${text.slice(0, start)}[${text.slice(start)}]`)}`;
  // A list of numbers is no text; a path with commas may have numbers as parts.
  const isText = choices.some(({ value }) => value.kind === 'leaf' && typeof value.value === 'string');
  const one = isText || existsSync(resolve(cwd, text.slice(start))) ? ` ${asText(source)}` : '';
  return {
    code: 'grid',
    message: `${text} is a grid of ${choices.length} values, and a run takes one.`,
    cure: `\`runner sweep\` with the same arguments runs them all.${one} If one list is meant: ${list}.`,
    place: placeOf({ source, start, end: text.length }),
  };
}
