import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Components, Kind, Kinds } from '../registry/kinds.js';
import { didYouMean } from '../support/did-you-mean.js';
import type { Json, JsonObject } from '../support/json.js';
import { ProblemError, type Problem } from '../support/problem.js';
import { componentsIn, schemaFor, type ComponentAt, type ComponentMark } from './schema.js';
import { TYPED } from './core-sections.js';
import { isMembers, lossOptions, plainSections } from './sections.js';
import { commaAdvice, quotingAdvice } from './texts.js';
import { entryAt, placeOfKey, placeOfValue, readablePath, type Path, type ConfigTree } from './config-tree.js';
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
  readonly named: readonly ComponentAt[];
}

/**
 * Holds a config against the schemas of its sections and components.
 *
 * @param config with all sections there, and its components' names spelled out @param tree where its values were written
 */
export function validate(config: JsonObject, tree: ConfigTree, components: Components): Validated {
  const filled = structuredClone(config);
  const schema = schemaFor(config, components);
  const check = compiled(schema);
  check(filled);
  const explained = new Explainer(tree, components).explain(check.errors ?? []);
  const named = componentsIn(schema);
  const located = [...explained, ...unknownComponents(named, tree, components), ...sameNames(named, tree)];
  return { config: filled, located, named };
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
    readonly tree: ConfigTree,
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

  private label(path: Path): string {
    return readablePath(this.tree, path);
  }

  private wrongValue(path: Path, error: ErrorObject): Located {
    const schema = error.parentSchema as JsonObject;
    const value = error.data as Json;
    const near = typeof value === 'string' ? didYouMean(value, words(schema), this.listedBeside(path)) : undefined;
    const entry = entryAt(this.tree, path)?.value;
    const blank = entry?.kind === 'leaf' && entry.blank === true;
    const found = blank ? 'nothing' : finding(value);
    const code = error.keyword === 'type' ? 'wrong-type' : isRange(error.keyword) ? 'out-of-range' : 'wrong-value';
    const message = `${this.label(path)}: expected ${expectation(schema)}, found ${found}.`;
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
    const where = section.length === 0 ? ` at the top of the config` : ` in ${this.label(section)}${type}`;
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
    const { 'x-component': mark, 'x-type': type } = schema;
    const typed = type === undefined ? undefined : (mark as ComponentMark | undefined);
    const types = typed === undefined ? [] : namesWithOption(this.components[typed.kind], key);
    if (types.length > 0)
      return `It is an option of type ${types.join(' and of ')}: set ${this.label(section)}.type to that.`;
    const known: Readonly<Record<string, object>> = {
      loss: lossOptions(this.components, this.method())?.properties ?? {},
      ...Object.fromEntries(
        Object.entries(plainSections(this.components)).map(([name, { properties }]) => [name, properties]),
      ),
      ...Object.fromEntries(Object.entries(TYPED).map(([name, { common }]) => [name, common])),
    };
    const sections = Object.entries(known)
      .filter(([, options]) => Object.hasOwn(options, key))
      .map(([name]) => name);
    return sections.length === 1 ? `It belongs into the section ${sections[0]!}.` : undefined;
  }

  /** The method that the config names. */
  private method(): Json | undefined {
    const type = entryAt(this.tree, ['method', 'type'])?.value;
    return type?.kind === 'leaf' ? type.value : undefined;
  }

  private missingKey(section: Path, key: string, schema: JsonObject): Located {
    const option = (schema.properties as Record<string, JsonObject>)[key] ?? {};
    const description = typeof option.description === 'string' ? ` ${option.description}` : '';
    const type = typeof schema['x-type'] === 'string' ? ` (type ${schema['x-type']})` : '';
    const where = section.length === 0 ? 'The config' : `${this.label(section)}${type}`;
    const path = [...section, key];
    const message = `${where} needs "${key}": ${expectation(option)}.${description}`;
    const cure = key === 'type' ? this.meantAsType(section, schema) : undefined;
    return { path, problem: { code: 'missing-key', message, cure, place: placeOfKey(this.tree, section) } };
  }

  /** What `- ssim: {window: 7}` in a list was meant to be. */
  private meantAsType(section: Path, { 'x-of': kind }: JsonObject): string | undefined {
    const [key, ...others] = this.keysIn(section);
    if (kind === undefined || key === undefined || others.length > 0) return undefined;
    const registry = this.components[kind as Kind];
    const name = registry.has(key) ? key : didYouMean(key, registry.names());
    return name === undefined ? undefined : `Write {type: ${name}, ...} with the options of ${name} beside its type.`;
  }

  private repeated(list: Path, error: ErrorObject): Located {
    const { i, j } = error.params as { i: number; j: number };
    const path = [...list, String(Math.max(i, j))];
    const message = `${this.label(list)}: ${finding((error.data as Json[])[i])} is in the list twice.`;
    return { path, problem: { code: 'wrong-value', message, place: placeOfValue(this.tree, path) } };
  }
}

/** Names in the config that no registry knows. */
function unknownComponents(named: readonly ComponentAt[], tree: ConfigTree, components: Components): Located[] {
  return named.flatMap((own) => {
    try {
      const beside = named.filter((other) => areSiblings(other, own));
      components[own.kind].get(
        own.name,
        beside.map(({ name }) => name),
      );
      return [];
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const path = [...own.path, 'type'];
      const place = placeOfValue(tree, path);
      return error.problems.map((problem) => ({ path, problem: { ...problem, place } }));
    }
  });
}

/** In one list, or entries of one section that are called as their types. */
function areSiblings(a: ComponentAt, b: ComponentAt): boolean {
  const parent = ({ path }: ComponentAt) => path.slice(0, -1).join('.');
  const called = ({ path, name }: ComponentAt) => isMembers(path[0]!) && path.at(-1) === name;
  return parent(a) === parent(b) && (/^\d+$/.test(a.path.at(-1)!) || (called(a) && called(b)));
}

/** Of two in a list that are called the same, the second. */
function sameNames(named: readonly ComponentAt[], tree: ConfigTree): Located[] {
  const seen = new Set<string>();
  return named.flatMap(({ path, listed }) => {
    const name = readablePath(tree, path);
    if (!listed || !seen.has(name)) {
      seen.add(name);
      return [];
    }
    const own = name.slice(name.lastIndexOf('.') + 1);
    const message = `${readablePath(tree, path.slice(0, -1))}: two in this list are called "${own}".`;
    const cure = `Take one out, or give it another name: {type: ..., name: ${own}-2}.`;
    return [{ path, problem: { code: 'duplicate-name', message, cure, place: placeOfValue(tree, path) } }];
  });
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

function isAboutKey({ code }: Problem): boolean {
  return code === 'unknown-key' || code === 'missing-key';
}

function isRange(keyword: string): boolean {
  return ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'].includes(keyword);
}
