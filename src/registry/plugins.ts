import { Ajv } from 'ajv';
import { didYouMean } from '../support/did-you-mean.js';
import { isJsonObject } from '../support/json.js';
import { ProblemError, type Problem } from '../support/problem.js';
import type { Components, Kind, Plugin } from './kinds.js';
import { importPlugin } from './plugin-file/import-plugin.js';
import type { Registry } from './registry.js';

/**
 * Imports a plugin module and adds its components; all of them, or none if it has a problem.
 *
 * @param path absolute
 */
export async function loadPlugin(path: string, components: Components): Promise<readonly Problem[]> {
  const imported = await importPlugin(path);
  if ('problem' in imported) return [imported.problem];
  return add(imported.value, components, `The plugin ${path}`, path);
}

/**
 * Adds the plugins of a config that another process has loaded.
 *
 * @throws ProblemError
 */
export async function loadPlugins(paths: readonly string[], components: Components): Promise<void> {
  for (const path of paths) throwIfAny(await loadPlugin(path, components));
}

/**
 * Adds an imported plugin.
 *
 * @throws ProblemError if it is invalid; then none of its components is added
 */
export function addPlugin(components: Components, plugin: Plugin): void {
  throwIfAny(add(plugin, components, 'The plugin'));
}

function throwIfAny([first, ...rest]: readonly Problem[]): void {
  if (first !== undefined) throw new ProblemError(first, ...rest);
}

function add(plugin: unknown, components: Components, title: string, origin?: string): Problem[] {
  const { members, complaints } = inspect(plugin, components);
  if (complaints.length > 0) {
    return complaints.map((complaint) => ({ code: 'bad-plugin', message: `${title}: ${complaint}` }));
  }
  for (const { kind, name, component } of members) (components[kind] as Registry<unknown>).add(name, component, origin);
  return [];
}

interface Member {
  readonly kind: Kind;
  readonly name: string;
  readonly component: unknown;
}

function inspect(plugin: unknown, components: Components): { members: Member[]; complaints: string[] } {
  if (!isJsonObject(plugin)) {
    return { members: [], complaints: ['its default export is not an object of kinds, such as { generator: {...} }.'] };
  }
  const kinds = Object.keys(components);
  const members: Member[] = [];
  const complaints: string[] = [];
  for (const [kind, table] of Object.entries(plugin)) {
    const near = didYouMean(kind, kinds);
    if (!kinds.includes(kind)) {
      const hint = near === undefined ? `Kinds are: ${kinds.join(', ')}.` : `Did you mean "${near}"?`;
      complaints.push(`there is no kind of component "${kind}". ${hint}`);
    } else if (!isJsonObject(table)) {
      complaints.push(`${kind} must be an object of components by name.`);
    } else {
      for (const [name, component] of Object.entries(table)) members.push({ kind: kind as Kind, name, component });
    }
  }
  return { members, complaints: [...complaints, ...members.flatMap((member) => complaintsAbout(member, components))] };
}

function complaintsAbout({ kind, name, component }: Member, components: Components): string[] {
  const own = `${kind}.${name}`;
  if (!/^[a-z][a-z0-9-]*$/.test(name)) return [`${own}: a name may have lower-case letters, digits and dashes only.`];
  if (components[kind].has(name)) return [`there is a ${own} already; give the plugin’s another name.`];
  if (component === null || typeof component !== 'object') return [`${own} must be a component, an object.`];
  const fields = component as Readonly<Record<string, unknown>>;
  const wrong: string[] = [];
  const expect = (field: string, what: string, good: boolean) => {
    if (!good) wrong.push(`${own}.${field} must be ${what}.`);
  };
  expect('summary', 'a line of text', typeof fields.summary === 'string' && fields.summary !== '');
  expect('create', 'a function', typeof fields.create === 'function');
  for (const field of ['resolve', 'check', 'requires', 'hasValidation'].filter(
    (field) => fields[field] !== undefined,
  )) {
    expect(field, 'a function', typeof fields[field] === 'function');
  }
  if (kind === 'stage') expectStage(fields, expect);
  if (kind === 'method') expectMethod(fields, expect);
  if (kind === 'tracker' && fields.destination !== undefined) {
    expect('destination', 'a function', typeof fields.destination === 'function');
  }
  const hasSection = kind === 'stage' && isJsonObject(fields.section);
  const schemas = ['schema', ...(kind === 'method' ? ['loss'] : []), ...(hasSection ? ['section'] : [])];
  return [
    ...wrong,
    ...schemas.flatMap((field) => schemaComplaints(`${own}.${field}`, fields[field], Object.keys(components))),
  ];
}

type Fields = Readonly<Record<string, unknown>>;
type Expect = (field: string, what: string, good: boolean) => void;

const isTextList = (value: unknown) => Array.isArray(value) && value.every((item) => typeof item === 'string');

function expectStage(fields: Fields, expect: Expect): void {
  expect('version', 'a whole number', Number.isInteger(fields.version));
  expect('scope', '"shared" or "run"', fields.scope === 'shared' || fields.scope === 'run');
  expect('engine', 'true or false', typeof fields.engine === 'boolean');
  const reads = isTextList(fields.reads) || typeof fields.reads === 'function';
  expect('reads', 'a list of config paths, or a function that returns one', reads);
  const uncounted = fields.readsUncounted === undefined || isTextList(fields.readsUncounted);
  expect('readsUncounted', 'a list of config paths', uncounted);
  expect('consumes', 'a list of artifact kinds', isTextList(fields.consumes));
  expect('provides', 'an artifact kind', fields.provides === undefined || typeof fields.provides === 'string');
  const { section = { key: 'none', description: 'None' } } = fields;
  expect('section', 'an object: { key, description, properties }', isJsonObject(section));
  if (!isJsonObject(section)) return;
  const isKey = typeof section.key === 'string' && /^[a-z][a-z0-9_-]*$/.test(section.key);
  expect('section.key', 'a word of lower-case letters, digits, _ and -', isKey);
  expect(
    'section.description',
    'a line of text',
    typeof section.description === 'string' && section.description !== '',
  );
  for (const field of ['resolve', 'check'].filter((field) => field in section)) {
    expect(`section.${field}`, 'a function', typeof (section as Fields)[field] === 'function');
  }
}

function expectMethod(fields: Fields, expect: Expect): void {
  expect('pairing', '"unpaired" or "paired"', fields.pairing === 'unpaired' || fields.pairing === 'paired');
  for (const field of ['directions', 'generators', 'curves']) {
    expect(field, 'a function', typeof fields[field] === 'function');
  }
  const { remedies, lossTerms: terms } = fields;
  expect('remedies', 'a function', remedies === undefined || typeof remedies === 'function');
  const areTerms = terms === undefined || (isJsonObject(terms) && Object.values(terms).every(isTextList));
  expect('lossTerms', 'an object of lists of config paths', areTerms);
}

/** Shared, since compiling the meta-schema takes longer than checking one schema, and a sweep loads its plugins for every experiment. */
const ajv = new Ajv({ strict: false, logger: false });

function schemaComplaints(own: string, schema: unknown, kinds: readonly string[]): string[] {
  if (!isJsonObject(schema) || !isJsonObject(schema.properties)) {
    return [`${own} must be { properties: {...}, required?: [...] }.`];
  }
  const options = Object.entries(schema.properties).map(
    ([name, option]) => [`${own}.properties.${name}`, option] as const,
  );
  const undescribed = options
    .filter(([, option]) => !isJsonObject(option) || typeof option.description !== 'string')
    .map(([at]) => `${at} must have a description.`);
  const unknownKind = options
    .filter(([, option]) => isJsonObject(option) && 'x-kind' in option && !kinds.includes(option['x-kind'] as string))
    .map(([at]) => `${at}.x-kind must be a kind of component: ${kinds.join(', ')}.`);
  const wrong = [...undescribed, ...unknownKind];
  if (wrong.length > 0 || ajv.validateSchema({ type: 'object', ...schema }) === true) return wrong;
  return [`${own} is not a valid JSON schema: ${ajv.errorsText(ajv.errors, { dataVar: 'schema' })}.`];
}
