import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { withFiles } from '../config/rig.js';

/** A plugin with a method. @param changes of its fields, as code */
function method(changes: Readonly<Record<string, string>>): string {
  const fields = {
    summary: `'x'`,
    schema: '{ properties: {} }',
    create: '() => undefined',
    loss: '{ properties: {} }',
    pairing: `'unpaired'`,
    directions: `() => ({ AtoB: 'G' })`,
    generators: '() => undefined',
    curves: '() => undefined',
    ...changes,
  };
  const members = Object.entries(fields).map(([name, code]) => `${name}: ${code}`);
  return `export default { method: { mine: { ${members.join(', ')} } } };`;
}

const component = `{ summary: 'x', schema: { properties: {} }, create() {} }`;

test('a plugin’s component works like a built-in one', async (t) => {
  const { load, dir } = await withFiles(t, {
    'a.yaml': 'plugins: [./p.mjs]\ngenerator: {type: mine}',
    'p.mjs': `export default { generator: { mine: { summary: 'x', create() {},
      schema: { properties: { depth: { description: 'Layers.', type: 'integer', default: 4 } } } } } };`,
  });
  const { config } = (await load('a.yaml')).value!;
  assert.deepEqual(config.generator, { type: 'mine', depth: 4 });
  assert.deepEqual(config.plugins, [`${dir}/p.mjs`]);
});

test('the example schedule of docs/config.md works', async (t) => {
  const docs = await readFile('docs/config.md', 'utf8');
  const code = (language: string) => new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(docs)![1]!;
  const { load } = await withFiles(t, {
    'docs.yaml': `plugins: [./polynomial.mjs]\nschedule: { type: polynomial, power: 2 }\n`,
    'polynomial.mjs': code('js'),
  });
  const { value, texts } = await load('docs.yaml');
  assert.deepEqual(texts, []);
  assert.deepEqual(value!.config.schedule, { type: 'polynomial', power: 2, warmup: 0 });
  const module = (await import(value!.config.plugins[0]!)) as {
    default: { schedule: { polynomial: { create(o: object, s: object): (epoch: number) => number } } };
  };
  const rate = module.default.schedule.polynomial.create({ power: 2 }, { learningRate: 2, epochs: 10 });
  assert.deepEqual([rate(0), rate(5)], [2, 0.5]);
});

const broken: readonly { what: string; code: string; expected: string }[] = [
  { what: 'without a default export', code: 'export const a = 1;', expected: 'has no default export.' },
  {
    what: 'that throws',
    code: `\nthrow new Error('no luck');`,
    expected: 'cannot be loaded. Error: no luck (p.mjs:2:7)',
  },
  { what: 'that does not parse', code: 'export default {', expected: 'cannot be loaded. SyntaxError: ' },
  { what: 'that is no object', code: 'export default 3;', expected: 'its default export is not an object of kinds' },
  {
    what: 'of an unknown kind',
    code: `export default { generators: { mine: ${component} } };`,
    expected: 'there is no kind of component "generators". Did you mean "generator"?',
  },
  {
    what: 'with a name that is taken',
    code: `export default { generator: { unet: ${component} } };`,
    expected: 'there is a generator.unet already',
  },
  {
    what: 'with a bad name',
    code: `export default { generator: { 'My Net': ${component} } };`,
    expected: 'generator.My Net: a name may have lower-case letters, digits and dashes only.',
  },
  {
    what: 'without a schema',
    code: `export default { generator: { mine: { summary: 'x', create() {} } } };`,
    expected: 'generator.mine.schema must be { properties: {...}, required?: [...] }.',
  },
  {
    what: 'without create',
    code: `export default { generator: { mine: { summary: 'x', schema: { properties: {} } } } };`,
    expected: 'generator.mine.create must be a function.',
  },
  {
    what: 'with an option that is not described',
    code: `export default { generator: { mine: { summary: 'x', create() {}, schema: { properties: { a: {} } } } } };`,
    expected: 'generator.mine.schema.properties.a must have a description.',
  },
  {
    what: 'with a schema that is none',
    code: `export default { generator: { mine: { summary: 'x', create() {},
      schema: { properties: { a: { description: 'A.', type: 'whole' } } } } } };`,
    expected: 'generator.mine.schema is not a valid JSON schema:',
  },
  {
    what: 'whose stage does not say what it is',
    code: `export default { stage: { mine: ${component} } };`,
    expected: 'stage.mine.version must be a whole number.',
  },
  {
    what: 'whose method has no loss',
    code: method({ loss: 'undefined' }),
    expected: 'method.mine.loss must be { properties: {...}, required?: [...] }.',
  },
  {
    what: 'whose method has a loss with an option that is not described',
    code: method({ loss: '{ properties: { keep: {} } }' }),
    expected: 'method.mine.loss.properties.keep must have a description.',
  },
  {
    what: 'whose method has a loss that names components of no kind',
    code: method({ loss: `{ properties: { a: { description: 'A.', type: 'string', 'x-kind': 'adversary' } } }` }),
    expected: 'method.mine.loss.properties.a.x-kind must be a kind of component: dataset, method,',
  },
  {
    what: 'whose method does not say whether images are pairs',
    code: method({ pairing: `'pairs'` }),
    expected: 'method.mine.pairing must be "unpaired" or "paired".',
  },
  ...['directions', 'generators', 'curves'].map((field) => ({
    what: `whose method has no ${field}`,
    code: method({ [field]: 'undefined' }),
    expected: `method.mine.${field} must be a function.`,
  })),
  {
    what: 'whose method has remedies that are no function',
    code: method({ remedies: `['wait']` }),
    expected: 'method.mine.remedies must be a function.',
  },
  {
    what: 'whose method has terms of the loss that are no lists',
    code: method({ lossTerms: `{ cycle: 'loss.lambda' }` }),
    expected: 'method.mine.lossTerms must be an object of lists of config paths.',
  },
];

test('a plugin’s method with all required members is accepted', async (t) => {
  const { load } = await withFiles(t, { 'a.yaml': 'plugins: [./p.mjs]\nmethod: mine\nloss: {}', 'p.mjs': method({}) });
  assert.deepEqual((await load('a.yaml')).texts, []);
});

for (const { what, code, expected } of broken) {
  test(`a plugin ${what} is a problem, shown where the config names it`, async (t) => {
    const { load } = await withFiles(t, { 'a.yaml': 'seed: 1\nplugins: [./p.mjs]', 'p.mjs': code });
    const { texts } = await load('a.yaml');
    assert.ok(texts[0]?.startsWith('a.yaml:2:11 bad-plugin: The plugin p.mjs'), texts[0]);
    assert.ok(texts[0]?.includes(expected), texts[0]);
  });
}

test('a missing plugin file is a problem', async (t) => {
  const { load } = await withFiles(t, { 'a.yaml': 'plugins: [./p.mjs]' });
  assert.deepEqual((await load('a.yaml')).texts, ['a.yaml:1:11 missing-file: There is no plugin file p.mjs.']);
});
