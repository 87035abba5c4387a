import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { editorSchema } from '../../src/config/editor-schema.js';
import { loadPlugin } from '../../src/registry/plugins.js';
import type { StageComponent, StageContext } from '../../src/registry/kinds/stage.js';
import type { JsonObject } from '../../src/support/json.js';
import { testComponents, withFiles } from './rig.js';

/** A plugin's stage with its own section. */
const plugin = (section: string) => `
const fid = {
  summary: 'Measures.',
  schema: { properties: {} },
  section: ${section},
  version: 1, scope: 'run', engine: false, reads: ['fid'], consumes: [],
  create: () => ({ run: async () => ({ status: 'done', outputs: {} }) }),
};
export default { stage: { fid } };
`;

const SECTION = `{
  key: 'fid',
  description: 'How far apart the domains are.',
  properties: {
    statistics: { description: 'How many.', anyOf: [{ const: 'auto' }, { type: 'integer', minimum: 2 }], default: 'auto' },
    weights: { description: 'A file.', type: ['string', 'null'], format: 'path', default: null },
    metric: { description: 'What else.', type: 'string', 'x-kind': 'metric', default: 'psnr' },
  },
  resolve: (options, { epochs }) => ({ ...options, statistics: options.statistics === 'auto' ? epochs * 10 : options.statistics }),
  check: ({ statistics }, { epochs, generatorRefuses }) => [
    ...(statistics > 1000 ? [{ path: ['statistics'], against: 'epochs', message: statistics + ' are too many for ' + epochs + '.' }] : []),
    ...(generatorRefuses(statistics) === undefined ? [] : [{ path: [], message: generatorRefuses(statistics) }]),
  ],
}`;

async function load(t: TestContext, yaml: string, section = SECTION) {
  const files = await withFiles(t, { 'fid.mjs': plugin(section), 'a.yaml': `plugins: [./fid.mjs]\n${yaml}` });
  return { ...files, ...(await files.load('a.yaml')) };
}
const sectionIn = (value: { readonly config: object } | undefined) => (value?.config as { fid?: unknown }).fid;

test('the stage of docs/config.md reports a verdict according to its section', async (t) => {
  const docs = await readFile('docs/config.md', 'utf8');
  const code = /```js\n(\/\/ verdict\.mjs\n[^]*?)```\n\n```yaml\n([^]*?)```/.exec(docs)!;
  const { dir, load } = await withFiles(t, { 'verdict.mjs': code[1]!, 'a.yaml': code[2]! });
  const { value, texts } = await load('a.yaml');
  assert.deepEqual(texts, []);
  const plugin = (await import(join(dir, 'verdict.mjs'))) as { default: { stage: { verdict: StageComponent } } };
  const outcome = async (psnr: number) => {
    const inputs = { measurements: { outputs: { metrics: { AtoB: { psnr: { value: psnr } } } } } };
    const context = { config: value!.config, inputs, dir } as unknown as StageContext;
    const result = await plugin.default.stage.verdict.create(undefined as never).run(context);
    return [result.status, await readFile(join(dir, 'verdict.txt'), 'utf8')];
  };
  assert.deepEqual(
    [await outcome(17.9), await outcome(18)],
    [
      ['done', 'poor'],
      ['done', 'good'],
    ],
  );
});

describe('a section added by a plugin’s stage', () => {
  test('has its defaults when a config omits it, after the sections of the built-in stages', async (t) => {
    const { value } = await load(t, '');
    assert.deepEqual(sectionIn(value), { statistics: 400, weights: null, metric: 'psnr' });
    const keys = Object.keys(value!.config);
    assert.deepEqual(keys.slice(keys.indexOf('train'), keys.indexOf('launcher')), [
      'train',
      'engine',
      'evaluate',
      'export',
      'fid',
    ]);
  });

  test('can be set in a file and by --set, with paths relative to the file and components with options', async (t) => {
    const yaml = 'fid: {statistics: 8, weights: w.bin, metric: {type: ssim, window: 7}}';
    const { dir, load: again } = await load(t, yaml);
    const { value } = await again('a.yaml', ['fid.metric.window=9']);
    const metric = { type: 'ssim', window: 9, sigma: 1.5 };
    assert.deepEqual(sectionIn(value), { statistics: 8, weights: join(dir, 'w.bin'), metric });
  });

  test('is validated: an unknown key, a wrong value and a key in the wrong section are problems', async (t) => {
    const { texts } = await load(t, 'fid: {statistcs: 3, weights: 5}\ntrain: {statistics: 3}');
    assert.deepEqual(texts, [
      'a.yaml:2:7 unknown-key: Unknown key "statistcs" in fid. -> Did you mean "statistics"?',
      'a.yaml:2:30 wrong-type: fid.weights: expected a path or null, found 5. -> If it is a text, put it in quotes: "5".',
      'a.yaml:3:9 unknown-key: Unknown key "statistics" in train. -> It belongs in the section fid.',
    ]);
  });

  test('can report problems by its own check, at the place of the written value', async (t) => {
    const long = await load(t, 'train: {epochs: 4000}');
    assert.deepEqual(long.texts, ['a.yaml:2:17 bad-option: train.epochs: 40000 are too many for 4000.']);
    const refused = await load(t, 'fid: {statistics: 7}\ngenerator: resnet');
    assert.deepEqual(refused.texts, ['a.yaml:2:1 bad-option: fid: image_size 7 is not divisible by 4.']);
  });

  test('is part of the schema for editors', async (t) => {
    const { dir } = await load(t, '');
    const components = testComponents();
    await loadPlugin(join(dir, 'fid.mjs'), components);
    const { fid } = editorSchema(components).properties as Readonly<Record<string, JsonObject>>;
    assert.deepEqual(fid!.description, 'How far apart the domains are.');
    assert.deepEqual(Object.keys(fid!.properties!), ['statistics', 'weights', 'metric']);
    assert.equal(fid!.additionalProperties, false);
  });

  test('cannot have the key of another section', async (t) => {
    for (const key of ['engine', 'loss', 'launcher', 'train', 'extends']) {
      const { texts } = await load(t, '', `{ key: '${key}', description: 'x', properties: {} }`);
      assert.equal(texts.length, 1, texts.join('\n'));
      const expected = `stage.fid.section.key: there is a section "${key}" already. -> Give the plugin’s another key.`;
      assert.ok(texts[0]!.startsWith('a.yaml:1:11 bad-plugin: ') && texts[0]!.endsWith(expected), texts[0]);
    }
  });

  test('must have a key, a description, and a description of each option', async (t) => {
    const { texts } = await load(t, '', `{ key: 'F I D', properties: { a: {} } }`);
    assert.equal(texts.length, 3, texts.join('\n'));
    assert.match(texts[0]!, /stage\.fid\.section\.key must be a word of lower-case letters/);
    assert.match(texts[1]!, /stage\.fid\.section\.description must be a line of text/);
    assert.match(texts[2]!, /stage\.fid\.section\.properties\.a must have a description/);
  });
});
