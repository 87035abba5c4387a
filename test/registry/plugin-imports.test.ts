import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { withFiles } from '../config/rig.js';

const component = (summary: string) => `{ summary: ${summary}, schema: { properties: {} }, create: () => ({ tf }) }`;

/** A plugin that shows its imports, in a folder without access to the runner's node_modules. */
async function given(
  t: Parameters<typeof withFiles>[0],
  files: Readonly<Record<string, string>>,
  name = 'p.mjs',
): Promise<unknown> {
  const { load, dir } = await withFiles(t, { 'a.yaml': `plugins: [./${name}]\n`, ...files });
  const { texts } = await load('a.yaml');
  assert.deepEqual(texts, []);
  const module = (await import(`${dir}/${name}`)) as { default: { given?: unknown; metric: { mine: unknown } } };
  return (module.default.metric.mine as { create(): { tf: unknown } }).create().tf;
}

const plugin = `export default { metric: { mine: ${component(`'x'`)} } };`;

test('a plugin in any folder imports the same TensorFlow.js as the runner', async (t) => {
  const got = await given(t, { 'p.mjs': `import * as tf from '@tensorflow/tfjs-core';\n${plugin}` });
  assert.equal((got as typeof tf).engine, tf.engine);
});

test('a plugin in CommonJS requires the runner’s TensorFlow.js', async (t) => {
  const code = `const tf = require('@tensorflow/tfjs-core');\n${plugin.replace('export default', 'module.exports =')}`;
  assert.equal(((await given(t, { 'p.cjs': code }, 'p.cjs')) as typeof tf).engine, tf.engine);
});

test('a plugin can import every entry of the runner’s package', async (t) => {
  const got = await given(t, {
    'p.mjs': `import { ProblemError } from 'cyclegan-runner';
      import { loadTensorFlow } from 'cyclegan-runner/graph';
      import { bind } from 'cyclegan-runner/method';
      const tf = [typeof ProblemError, typeof loadTensorFlow, typeof bind];\n${plugin}`,
  });
  assert.deepEqual(got, ['function', 'function', 'function']);
});

test('a plugin gets the runner’s TensorFlow.js even if its folder has another', async (t) => {
  const other = { 'package.json': '{"name":"@tensorflow/tfjs-core","main":"i.js"}', 'i.js': 'exports.engine = 1;' };
  const files = Object.entries(other).map(([name, text]) => [`node_modules/@tensorflow/tfjs-core/${name}`, text]);
  const layers = {
    'node_modules/layers/package.json': '{"name":"layers","main":"i.js"}',
    'node_modules/layers/i.js': `module.exports = require('@tensorflow/tfjs-core');`,
  };
  const got = await given(t, {
    ...(Object.fromEntries(files) as Record<string, string>),
    ...layers,
    'p.mjs': `import { engine } from '@tensorflow/tfjs-core';
      import layers from 'layers';
      const tf = [engine, layers.engine];\n${plugin}`,
  });
  assert.deepEqual(got, [tf.engine, tf.engine]);
});

test('another package comes from the plugin’s folder, or from the runner if that has none', async (t) => {
  const got = await given(t, {
    'node_modules/yaml/package.json': '{"name":"yaml","main":"i.js"}',
    'node_modules/yaml/i.js': `exports.whose = 'mine';`,
    'p.mjs': `import * as mine from 'yaml';
      import { Ajv } from 'ajv';
      const tf = [mine.whose, Ajv];\n${plugin}`,
  });
  assert.deepEqual(got, ['mine', (createRequire(import.meta.url)('ajv') as { Ajv: unknown }).Ajv]);
});

test('a default export compiled to CommonJS is the plugin', async (t) => {
  const code = `const tf = 7;\n${plugin.replace('export default', 'exports.default =')}\nexports.__esModule = true;`;
  const { load } = await withFiles(t, { 'a.yaml': 'plugins: [./p.cjs]\nevaluate: {metrics: [mine]}', 'p.cjs': code });
  assert.deepEqual((await load('a.yaml')).texts, []);
});

const canStrip = (process.features as { readonly typescript?: unknown }).typescript !== undefined;
for (const extension of ['ts', 'mts', 'cts']) {
  const code = `const tf: number = 7;\n${extension === 'cts' ? plugin.replace('export default', 'module.exports =') : plugin}`;
  const files = { 'a.yaml': `plugins: [./p.${extension}]\nevaluate: {metrics: [mine]}`, [`p.${extension}`]: code };

  test(`a plugin in TypeScript (.${extension}) is loaded if Node can, otherwise the problem has a cure`, async (t) => {
    const { load } = await withFiles(t, files);
    const { texts } = await load('a.yaml');
    if (canStrip && texts.length === 0) return;
    assert.deepEqual(texts, [
      `a.yaml:1:11 bad-plugin: The plugin p.${extension} is TypeScript, which Node ${process.versions.node} does not load. ` +
        `-> Use Node 22.18 or later; or compile it, such as with \`npx -p typescript tsc --module nodenext --skipLibCheck p.${extension}\`, and name the JavaScript.`,
    ]);
  });
}

const refused: readonly { readonly file: string; readonly expected: string }[] = [
  {
    file: 'p.tsx',
    expected:
      'The plugin p.tsx: expected a JavaScript or TypeScript module (.js, .mjs, .cjs, .ts, .mts, .cts), found .tsx. -> Node does not load JSX: write it without JSX, or compile it.',
  },
  { file: 'p.json', expected: 'module (.js, .mjs, .cjs, .ts, .mts, .cts), found .json.' },
  { file: 'p.py', expected: 'module (.js, .mjs, .cjs, .ts, .mts, .cts), found .py.' },
  { file: 'folder', expected: 'The plugin folder is a folder. -> Name the file in it that exports the components.' },
];

for (const { file, expected } of refused) {
  test(`a plugin called ${file} is refused with the expected extensions`, async (t) => {
    const { load } = await withFiles(t, {
      'a.yaml': `plugins: [./${file}]`,
      'p.tsx': 'export default <a/>;',
      'p.json': '{}',
      'p.py': 'pass',
      'folder/index.mjs': 'export default {};',
    });
    const { texts } = await load('a.yaml');
    assert.equal(texts.length, 1);
    assert.ok(texts[0]!.endsWith(expected), texts[0]);
  });
}

/** Broken files, and the expected message with place and cure. */
const failures: readonly { what: string; files: Readonly<Record<string, string>>; expected: RegExp; main?: string }[] =
  [
    {
      what: 'a syntax error',
      files: { 'p.mjs': 'const a = 1;\nexport default {\n  generator: { x: 1 ,, },\n};\n' },
      expected: /^The plugin p\.mjs cannot be loaded\. SyntaxError: Unexpected token ',' \(p\.mjs:3:22\)$/,
    },
    {
      what: 'a syntax error of CommonJS',
      main: 'p.cjs',
      files: { 'p.cjs': 'const x = 1;\nmodule.exports = { a: ,};\n' },
      expected: /SyntaxError: Unexpected token ',' \(p\.cjs:2:23\)$/,
    },
    {
      what: 'a syntax error in what it imports',
      files: {
        'p.mjs': `import '@tensorflow/tfjs-core';\nimport './lib/h.mjs';\nexport default {};`,
        'lib/h.mjs': '\n\n  let = ;',
      },
      expected: /SyntaxError: .* \(lib\/h\.mjs:3:\d+\)$/,
    },
    {
      what: 'a throw at load',
      files: { 'p.mjs': `\nthrow new TypeError('no luck');` },
      expected: /TypeError: no luck \(p\.mjs:2:7\)$/,
    },
    {
      what: 'a throw at load in what it imports',
      files: { 'p.mjs': `import './h.mjs'; export default {};`, 'h.mjs': `const f = () => {\n  null.x;\n};\nf();` },
      expected: /TypeError: .* \(h\.mjs:2:8\)$/,
    },
    { what: 'a throw of no Error', files: { 'p.mjs': `throw 'a text';` }, expected: /cannot be loaded\. a text$/ },
    {
      what: 'the import of a file that is not there',
      files: { 'p.mjs': `\n\nimport x from './not-there.mjs';\nexport default {};` },
      expected: /Cannot find module '.*not-there\.mjs' imported from p\.mjs \(p\.mjs:3:15\)$/,
    },
    {
      what: 'the import of a file without its extension',
      files: { 'p.mjs': `import x from './h';\nexport default {};`, 'h.mjs': '' },
      expected: /\(p\.mjs:1:15\) -> There is h\.mjs: Node needs the full file name\.$/,
    },
    {
      what: 'the import of a package that nobody has',
      files: { 'p.mjs': `\nimport x from '@nobody/has/it.js';\nexport default {};` },
      expected:
        /\(p\.mjs:2:15\) -> Install @nobody\/has in the plugin’s folder \(npm install @nobody\/has\), or check its name\.$/,
    },
    {
      what: 'a package that nobody has, required',
      main: 'p.cjs',
      files: { 'p.cjs': `const x = require('nobody-has-it');` },
      expected:
        /Error: Cannot find module 'nobody-has-it' \(p\.cjs:1:19\) -> Install nobody-has-it in the plugin’s folder/,
    },
    {
      what: 'an export that is not there',
      files: { 'p.mjs': `\nimport { nothing } from './h.mjs';\nexport default {};`, 'h.mjs': 'export const a = 1;' },
      expected: /does not provide an export named 'nothing' \(p\.mjs:2:10\)$/,
    },
  ];

for (const { what, files, expected, main = 'p.mjs' } of failures) {
  test(`${what} in a plugin is reported with its file and line`, async (t) => {
    const { load } = await withFiles(t, { 'a.yaml': `plugins: [./${main}]`, ...files });
    const { texts } = await load('a.yaml');
    assert.equal(texts.length, 1);
    assert.match(texts[0]!.replace('a.yaml:1:11 bad-plugin: ', ''), expected);
  });
}

test('a plugin that cannot be loaded is one problem, however many of its components the config names', async (t) => {
  const { load } = await withFiles(t, {
    'a.yaml': `
plugins: [./p.mjs, ./q.mjs]
dataset: {type: mine, colour: red}
generator: {type: mine, depth: 3}
discriminator: mine
optimizer: {type: mine}
loss: {adversarial: mine}
evaluate: {metrics: [psnr, mine]}
export: {formats: [mine]}
tracking: {mine: {a: 1}}
stages: {mine: {needs: [train]}}
train: {epochs: -1}
`,
    'p.mjs': 'export default {',
    'q.mjs': `const tf = 1;\n${plugin.replace('metric', 'schedule')}`,
  });
  const { problems, texts } = await load('a.yaml');
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['bad-plugin', 'out-of-range'],
    texts.join('\n'),
  );
});
