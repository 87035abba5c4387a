import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Components, Kind, Kinds } from '../registry/kinds.js';
import { didYouMean } from '../support/did-you-mean.js';
import { isJsonObject, type Json, type JsonObject } from '../support/json.js';
import { ProblemError, type Problem } from '../support/problem.js';
import { PLAIN, typedAt, TYPED } from './sections.js';
import { schemaFor } from './schema.js';
import { commaAdvice, quotingAdvice } from './texts.js';
import { entryAt, placeOfKey, placeOfValue, type Path, type Tree } from './tree.js';
import { advice, expectation, finding, words } from './wording.js';

/** A problem with the path of the value that has it. */
export interface Located {
  readonly path: Path;
  readonly problem: Problem;
}

/** A config with its defaults filled in, and what is wrong with it. */
export interface Validated {
  readonly config: JsonObject;
  readonly located: readonly Located[];
}

/**
 * Holds a config against the schemas of its sections and components.
 *
 * @param config with all sections there @param tree where its values were written
 */
export function validate(config: JsonObject, tree: Tree, components: Components): Validated {
  const filled = structuredClone(config);
  const check = compiled(schemaFor(config, components));
  check(filled);
  const explained = new Explainer(tree, components).explain(check.errors ?? []);
  return { config: filled, located: [...explained, ...unknownComponents(filled, tree, components)] };
}

/** What was compiled, by the schema's text: the many experiments of a sweep have few schemas, and compiling one takes longer than all the rest. */
const validators = new Map<string, ValidateFunction>();

function compiled(schema: JsonObject): ValidateFunction {
  const text = JSON.stringify(schema);
  const known = validators.get(text);
  if (known !== undefined) return known;
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    strict: false,
    strictNumbers: true,
    useDefaults: true,
    logger: false,
  });
  ajv.addFormat('path', true);
  const check = ajv.compile(schema);
  validators.set(text, check);
  return check;
}

/** Turns ajv's errors into sentences: one for each value that is wrong, about what was expected of it as a whole. */
class Explainer {
  constructor(
    readonly tree: Tree,
    readonly components: Components,
  ) {}

  explain(errors: readonly ErrorObject[]): Located[] {
    const choices = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
    const insideChoice = ({ schemaPath }: ErrorObject) =>
      choices.some((choice) => schemaPath.startsWith(`${choice.schemaPath}/`));
    const told = new Set<string>();
    return errors
      .filter((error) => error.keyword !== 'if' && !insideChoice(error))
      .map((error) => this.located(error))
      .filter(({ path, problem }) => {
        // A value can be wrong in several ways, and the two halves of `lambda: 10` are one value in the file.
        const key = isAboutKey(problem) ? `${problem.code} ${path.join('.')}` : JSON.stringify(problem.place ?? path);
        return told.has(key) ? false : told.add(key);
      });
  }

  private located(error: ErrorObject): Located {
    const section = pathOf(error.instancePath);
    const parameters = error.params as Readonly<Record<string, unknown>>;
    if (error.keyword === 'additionalProperties') {
      return this.unknownKey(section, String(parameters.additionalProperty), error.parentSchema as JsonObject);
    }
    if (error.keyword === 'required') {
      return this.missingKey(section, String(parameters.missingProperty), error.parentSchema as JsonObject);
    }
    return error.keyword === 'uniqueItems' ? this.repeated(section, error) : this.wrongValue(section, error);
  }

  private wrongValue(path: Path, error: ErrorObject): Located {
    const schema = error.parentSchema as JsonObject;
    const value = error.data as Json;
    const near = typeof value === 'string' ? didYouMean(value, words(schema), this.listedBeside(path)) : undefined;
    const entry = entryAt(this.tree, path)?.value;
    const blank = entry?.kind === 'leaf' && entry.blank === true;
    const found = blank ? 'nothing' : finding(value);
    const code = error.keyword === 'type' ? 'wrong-type' : isRange(error.keyword) ? 'out-of-range' : 'wrong-value';
    const message = `${label(path)}: expected ${expectation(schema)}, found ${found}.`;
    const cure = blank
      ? 'Leave the key out to get its default, or give it a value.'
      : near !== undefined
        ? `Did you mean "${near}"?`
        : (quotingAdvice(schema, entry) ?? advice(schema, value));
    return { path, problem: { code, message, cure, place: placeOfValue(this.tree, path) } };
  }

  private unknownKey(section: Path, key: string, schema: JsonObject): Located {
    const known = Array.isArray(schema['x-keys']) ? (schema['x-keys'] as string[]) : Object.keys(schema.properties!);
    const there = this.keysIn(section);
    const near = didYouMean(key, known, there) ?? didYouMean(key, known);
    const type = typeof schema['x-type'] === 'string' ? ` (type ${schema['x-type']})` : '';
    const where = section.length === 0 ? ` at the top of the config` : ` in ${label(section)}${type}`;
    const cure =
      near !== undefined
        ? there.includes(near)
          ? `Remove it: "${near}" is there already.`
          : `Did you mean "${near}"?`
        : (this.elsewhere(section, key, schema) ??
          commaAdvice(this.tree, section, key) ??
          `Known here: ${known.join(', ')}.`);
    const path = [...section, key];
    const message = `Unknown key "${key}"${where}.`;
    return { path, problem: { code: 'unknown-key', message, cure, place: placeOfKey(this.tree, path) } };
  }

  /** What is written in a section. */
  private keysIn(section: Path): string[] {
    const value = entryAt(this.tree, section)?.value;
    return value?.kind === 'branch' ? [...value.entries.keys()] : [];
  }

  /** The other items of the list that a value is in. */
  private listedBeside(path: Path): string[] {
    const list = entryAt(this.tree, path.slice(0, -1))?.value;
    const items = list?.kind === 'list' ? list.items : [];
    return items.flatMap((item) => (item.kind === 'leaf' && typeof item.value === 'string' ? [item.value] : []));
  }

  /** Where the key would be right: with another type, or in another section. */
  private elsewhere(section: Path, key: string, schema: JsonObject): string | undefined {
    const kind = schema['x-kind'] as Kind | undefined;
    const types = kind === undefined ? [] : namesWithOption(this.components[kind], key);
    if (types.length > 0)
      return `It is an option of type ${types.join(' and of ')}: set ${label(section)}.type to that.`;
    const sections = Object.entries({ ...PLAIN, ...TYPED })
      .filter(([, other]) => Object.hasOwn('common' in other ? other.common : other.properties, key))
      .map(([name]) => name);
    return sections.length === 1 ? `It belongs into the section ${sections[0]!}.` : undefined;
  }

  private missingKey(section: Path, key: string, schema: JsonObject): Located {
    const option = (schema.properties as Record<string, JsonObject>)[key] ?? {};
    const description = typeof option.description === 'string' ? ` ${option.description}` : '';
    const type = typeof schema['x-type'] === 'string' ? ` (type ${schema['x-type']})` : '';
    const where = section.length === 0 ? 'The config' : `${label(section)}${type}`;
    const path = [...section, key];
    const message = `${where} needs "${key}": ${expectation(option)}.${description}`;
    return { path, problem: { code: 'missing-key', message, place: placeOfKey(this.tree, section) } };
  }

  private repeated(list: Path, error: ErrorObject): Located {
    const { i, j } = error.params as { i: number; j: number };
    const path = [...list, String(Math.max(i, j))];
    const message = `${label(list)}: ${finding((error.data as Json[])[i])} is in the list twice.`;
    return { path, problem: { code: 'wrong-value', message, place: placeOfValue(this.tree, path) } };
  }
}

/** Names in the config that no registry knows. */
function unknownComponents(config: JsonObject, tree: Tree, components: Components): Located[] {
  return namedComponents(config).flatMap(({ kind, name, path, beside }) => {
    if (typeof name !== 'string') return [];
    try {
      components[kind].get(name, beside);
      return [];
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const byKey = kind === 'tracker';
      const place = byKey ? placeOfKey(tree, path) : placeOfValue(tree, path);
      return error.problems.map((problem) => ({ path, problem: { ...problem, place } }));
    }
  });
}

interface Named {
  readonly kind: Kind;
  readonly name: Json | undefined;
  readonly path: Path;
  /** Where several are named: all of them. */
  readonly beside?: readonly string[];
}

function namedComponents(config: JsonObject): Named[] {
  const at = (...path: string[]) =>
    path.reduce<Json | undefined>((value, key) => (isJsonObject(value) ? value[key] : undefined), config);
  const list = (kind: Kind, ...path: string[]) => {
    const names = at(...path);
    if (!Array.isArray(names)) return [];
    return names.map((name: Json, i) => ({ kind, name, path: [...path, String(i)], beside: names.map(String) }));
  };
  const keys = (section: string) => (isJsonObject(config[section]) ? Object.keys(config[section]) : []);
  return [
    ...Object.entries(TYPED).map(([key, { kind }]) => ({ kind, name: at(key, 'type'), path: [key, 'type'] })),
    { kind: 'adversarial', name: at('loss', 'adversarial'), path: ['loss', 'adversarial'] },
    ...list('metric', 'evaluate', 'metrics'),
    ...list('export', 'export', 'formats'),
    ...keys('tracking').map((name) => {
      return { kind: 'tracker' as const, name, path: ['tracking', name], beside: keys('tracking') };
    }),
    ...keys('stages').map((name) => {
      const path = ['stages', name, 'type'];
      return { kind: typedAt(['stages', name])!.kind, name: at(...path), path };
    }),
  ];
}

function namesWithOption(registry: Iterable<readonly [string, Kinds[Kind]]>, key: string): string[] {
  return [...registry].filter(([, { schema }]) => Object.hasOwn(schema.properties, key)).map(([name]) => name);
}

function pathOf(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** `evaluate.metrics, item 2` */
function label(path: Path): string {
  return path
    .map((key, i) => (/^\d+$/.test(key) && i > 0 ? `, item ${Number(key) + 1}` : i === 0 ? key : `.${key}`))
    .join('');
}

function isAboutKey({ code }: Problem): boolean {
  return code === 'unknown-key' || code === 'missing-key';
}

function isRange(keyword: string): boolean {
  return ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'].includes(keyword);
}
