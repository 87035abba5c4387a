import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Alias,
  type Document,
  type Node,
  type YAMLError,
} from 'yaml';
import type { Problem } from '../support/problem.js';
import { placeOf, type Origin, type Source } from './source.js';
import { branch, type ConfigEntry, type Leaf, type ConfigTree } from './config-tree.js';

/** The readable part of a YAML text, and its problems. */
export interface Parsed {
  /** Absent when the text is empty or cannot be read at all. */
  readonly tree?: ConfigTree;
  readonly problems: readonly Problem[];
}

/** Bounds the expansion of aliases: ten lines of YAML could otherwise expand to billions of values. */
const MOST_VALUES = 20_000;
const DEEPEST = 50;
/** One mistake can cause errors in every later line. */
const MOST_ERRORS = 5;

/**
 * Reads YAML 1.2 (core schema). Stricter than YAML: one document, string keys, no merge keys (use `extends`), no tags.
 *
 * @param from start of the YAML in the source; text before it (`--set key=`) is skipped
 */
export function parseYaml(source: Source, from = 0): Parsed {
  const read = new Reader(source, from);
  try {
    return read.document();
  } catch (error) {
    if (error instanceof TooLarge || error instanceof RangeError) {
      const message = `This YAML is nested or repeated without end: more than ${MOST_VALUES} values, or ${DEEPEST} levels.`;
      return { problems: [{ code: 'too-large', message, place: read.place(0, 1) }] };
    }
    throw error;
  }
}

class TooLarge extends Error {}

class Reader {
  readonly #problems: Problem[] = [];
  #count = 0;

  constructor(
    readonly source: Source,
    readonly from: number,
  ) {}

  document(): Parsed {
    const document = parseDocument(this.source.text.slice(this.from), {
      version: '1.2',
      schema: 'core',
      merge: false,
      resolveKnownTags: false,
      stringKeys: true,
      prettyErrors: false,
      logLevel: 'error',
      lineCounter: new LineCounter(),
    });
    const errors = [...document.errors, ...document.warnings];
    if (errors.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) throw new TooLarge();
    for (const error of errors.slice(0, MOST_ERRORS)) this.#problems.push(this.syntaxProblem(error));
    if (document.contents === null || this.#problems.length > 0) return { problems: this.#problems };
    const tree = this.tree(document.contents, document, 0);
    return { tree, problems: this.#problems };
  }

  tree(node: Node | null, document: Document, depth: number): ConfigTree {
    if (++this.#count > MOST_VALUES || depth > DEEPEST) throw new TooLarge();
    const at = this.origin(node);
    if (isAlias(node)) return this.alias(node, document, depth);
    if (isSeq(node)) {
      return { kind: 'list', at, items: node.items.map((item) => this.tree(item as Node, document, depth + 1)) };
    }
    if (isMap(node)) {
      return branch(
        node.items.flatMap(({ key, value }) => this.entry(key as Node, value as Node | null, document, depth)),
        at,
      );
    }
    const scalar = isScalar(node) ? node : undefined;
    return { kind: 'leaf', at, value: (scalar?.value ?? null) as Leaf['value'], blank: isBlank(scalar?.source) };
  }

  private alias(node: Alias, document: Document, depth: number): ConfigTree {
    const at = this.origin(node);
    const target = node.resolve(document);
    if (target !== undefined) return { ...this.tree(target, document, depth + 1), at };
    const message = `The alias *${node.source} has no anchor &${node.source} above it.`;
    this.#problems.push({ code: 'bad-yaml', message, place: at && placeOf(at) });
    return { kind: 'leaf', at, value: null };
  }

  private entry(key: Node, node: Node | null, document: Document, depth: number): (readonly [string, ConfigEntry])[] {
    const name = isScalar(key) ? String(key.value) : '';
    const at = this.origin(key);
    if (name === '<<') {
      const message = 'Merge keys (<<) are not supported.';
      const cure = 'Write the values out, or put them into a file and use `extends: FILE`.';
      this.#problems.push({ code: 'merge-key', message, cure, place: at && placeOf(at) });
      return [];
    }
    const value = this.tree(node, document, depth + 1);
    // An empty value has no place to show.
    return [[name, { key: at, value: value.at === undefined || isBlankLeaf(value) ? { ...value, at } : value }]];
  }

  private origin(node: Node | null): Origin | undefined {
    if (!node?.range) return undefined;
    const [start, end] = node.range;
    return { source: this.source, start: start + this.from, end: end + this.from };
  }

  place(start: number, end: number) {
    return placeOf({ source: this.source, start: start + this.from, end: end + this.from });
  }

  private syntaxProblem(error: YAMLError): Problem {
    const place = this.place(error.pos[0], error.pos[1]);
    const code = error.code === 'DUPLICATE_KEY' ? 'duplicate-key' : 'bad-yaml';
    return { code, place, ...explain(error, this.source.text.slice(this.from)) };
  }
}

function explain(error: YAMLError, text: string): Pick<Problem, 'message' | 'cure'> {
  switch (error.code) {
    case 'DUPLICATE_KEY': {
      const key = /^[^\s:]+/.exec(text.slice(error.pos[0]))?.[0] ?? '';
      return { message: `The key "${key}" is in this section twice.`, cure: 'Keep one of them.' };
    }
    case 'TAB_AS_INDENT':
      return { message: 'A tab indents this line, which YAML does not allow.', cure: 'Indent with spaces.' };
    case 'MULTIPLE_DOCS':
      return { message: 'The file holds more than one YAML document.', cure: 'Keep one; remove the line `---`.' };
    case 'TAG_RESOLVE_FAILED':
      return { message: 'YAML tags (!name) are not supported.', cure: 'Remove the tag.' };
    case 'NON_STRING_KEY':
      return { message: 'A key must be a plain word.' };
    case 'MISSING_CHAR':
    case 'BAD_INDENT': {
      const bracket = /end with a ([\]}])/.exec(error.message)?.[1];
      if (bracket !== undefined) return { message: `The closing ${bracket} is missing, or is indented too little.` };
      return { message: `This is not valid YAML: ${error.message.replace(/\.+$/, '')}.` };
    }
    default:
      return {
        message: `This is not valid YAML: ${error.message.replace(/\.+$/, '')}.`,
        cure: 'Put a text that contains YAML syntax in quotes.',
      };
  }
}

function isBlank(source: string | undefined): boolean {
  return source === undefined || source === '';
}

function isBlankLeaf(tree: ConfigTree): boolean {
  return tree.kind === 'leaf' && tree.value === null && tree.blank === true;
}
