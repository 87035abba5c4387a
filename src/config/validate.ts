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
import { advice, expectation, finding, textConstants } from './wording.js';

/** A problem with the path of its value. */
export interface Located {
  readonly path: Path;
  readonly problem: Problem;
}

/** A config with its defaults filled in, and its problems. */
export interface Validated {
  readonly config: JsonObject;
  readonly located: readonly Located[];
  readonly named: readonly ComponentAt[];
}

/**
 * Validates a config against the schemas of its sections and components.
 *
 * @param config with all sections, and component names as `{type: name}` @param tree has the places of its values
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

/** Compiled validators by the schema's text: the experiments of a sweep share few schemas, and compiling dominates the time to load one. */
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

/** Turns ajv's errors into problems: one for each wrong value, with everything that was expected of it. */
class Explainer {
  constructor(
    readonly tree: ConfigTree,
    readonly components: Components,
  ) {}

  explain(errors: readonly ErrorObject[]): Located[] {
    const choices = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
    const insideChoice = ({ schemaPath }: ErrorObject) =>
      choices.some((choice) => schemaPath.startsWith(`${choice.schemaPath}/`));
    const reported = new Set<string>();
    return errors
      .filter((error) => error.keyword !== 'if' && !insideChoice(error))
      .map((error) => this.located(error))
      .filter(({ path, problem }) => {
        // A value can violate several rules, and both members of `lambda: 10` are one value in the file.
        const key = isAboutKey(problem) ? `${problem.code} ${path.join('.')}` : JSON.stringify(problem.place ?? path);
        return reported.has(key) ? false : reported.add(key);
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
    const near = typeof value === 'string' ? didYouMean(value, textConstants(schema), this.listItems(path)) : undefined;
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

  /** The keys of a section. */
  private keysIn(section: Path): string[] {
    const value = entryAt(this.tree, section)?.value;
    return value?.kind === 'branch' ? [...value.entries.keys()] : [];
  }

  /** The text items of the list that contains a value. */
  private listItems(path: Path): string[] {
    const list = entryAt(this.tree, path.slice(0, -1))?.value;
    const items = list?.kind === 'list' ? list.items : [];
    return items.flatMap((item) => (item.kind === 'leaf' && typeof item.value === 'string' ? [item.value] : []));
  }

  /** The type or the section in which the key would be valid. */
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
    return sections.length === 1 ? `It belongs in the section ${sections[0]!}.` : undefined;
  }

  /** The name of the config's method. */
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

  /** The correct form of `- ssim: {window: 7}` in a list. */
  private meantAsType(section: Path, { 'x-of': kind }: JsonObject): string | undefined {
    const [key, ...others] = this.keysIn(section);
    if (kind === undefined || key === undefined || others.length > 0) return undefined;
    const registry = this.components[kind as Kind];
    const name = registry.has(key) ? key : didYouMean(key, registry.names());
    return name === undefined ? undefined : `Write {type: ${name}, ...}, with the options of ${name} after its type.`;
  }

  private repeated(list: Path, error: ErrorObject): Located {
    const { i, j } = error.params as { i: number; j: number };
    const path = [...list, String(Math.max(i, j))];
    const message = `${this.label(list)}: ${finding((error.data as Json[])[i])} is in the list twice.`;
    return { path, problem: { code: 'wrong-value', message, place: placeOfValue(this.tree, path) } };
  }
}

/** Names in the config that are not registered. */
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

/** Whether both are in one list, or are entries of one section whose names are their types. */
function areSiblings(a: ComponentAt, b: ComponentAt): boolean {
  const parent = ({ path }: ComponentAt) => path.slice(0, -1).join('.');
  const called = ({ path, name }: ComponentAt) => isMembers(path[0]!) && path.at(-1) === name;
  return parent(a) === parent(b) && (/^\d+$/.test(a.path.at(-1)!) || (called(a) && called(b)));
}

/** Problems of components in a list whose name is already used. */
function sameNames(named: readonly ComponentAt[], tree: ConfigTree): Located[] {
  const seen = new Set<string>();
  return named.flatMap(({ path, listed }) => {
    const name = readablePath(tree, path);
    if (!listed || !seen.has(name)) {
      seen.add(name);
      return [];
    }
    const own = name.slice(name.lastIndexOf('.') + 1);
    const message = `${readablePath(tree, path.slice(0, -1))}: two components in this list are called "${own}".`;
    const cure = `Remove one, or give it another name: {type: ..., name: ${own}-2}.`;
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
