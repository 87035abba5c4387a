import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { builtins } from '../../../src/app/builtins.js';
import { loadConfig } from '../../../src/config/load.js';
import { temporary } from '../../export/rig.js';

/** The metric `class-rate` of a resolved config, or its problems with their places. */
async function resolved(t: TestContext, options: string, plugin?: string) {
  const cwd = temporary(t);
  if (plugin !== undefined) await writeFile(join(cwd, 'plugin.mjs'), plugin);
  const plugins = plugin === undefined ? '' : 'plugins: [./plugin.mjs]\n';
  const yaml = `${plugins}dataset: {type: synthetic, image_size: 32}\nevaluate:\n  metrics:\n    - {type: class-rate, ${options}}\n`;
  await writeFile(join(cwd, 'a.yaml'), yaml);
  const loaded = await loadConfig({ file: 'a.yaml', overrides: [], components: builtins(), cwd });
  if (loaded.ok) return (loaded.value.config.evaluate.metrics[0] as unknown as { readonly class: unknown }).class;
  return loaded.problems.map(({ code, message, cure, place }) => `${place?.column} ${code} ${message} -> ${cure}`);
}

/** An extractor of a plugin. @param classes the member, as source */
const extractor = (classes: string) => `
const own = {
  summary: 'One.',
  schema: { properties: {} },
  create: () => ({ ${classes} identity: async () => 'one', open: async () => { throw new Error('opened'); } }),
};
export default { extractor: { own } };
`;

describe('a class by its name', () => {
  for (const [name, number] of [
    ['zebra', 340],
    ['sorrel', 339],
    ['Zebra', 340],
    ['tench', 0],
    ['bathroom tissue', 999],
    ['"tench, Tinca tinca"', 0],
    ['great_white_shark', 2],
    // Also a name of 639, a tank suit, but the whole of this one.
    ['maillot', 638],
  ] as const) {
    test(`${name} becomes number ${number} of efficientnet-lite0 when the config is read`, async (t) => {
      assert.equal(await resolved(t, `class: ${name}`), number);
    });
  }

  test('is found in each direction, beside numbers', async (t) => {
    assert.deepEqual(await resolved(t, 'class: {AtoB: zebra, BtoA: 339}'), { AtoB: 340, BtoA: 339 });
  });

  test('is found among those that an extractor of a plugin names', async (t) => {
    const plugin = extractor(`classes: ['cat', 'dog, hound'],`);
    assert.equal(await resolved(t, 'class: hound, extractor: own', plugin), 1);
  });

  test('that is misspelt is refused with the nearest', async (t) => {
    const [problem] = (await resolved(t, 'class: {AtoB: zebar, BtoA: sorrel}')) as string[];
    assert.match(problem!, /^\d+ bad-option evaluate\.metrics\.class-rate\.class\.AtoB: expected one of the 1000 classes .* found "zebar"\. -> Did you mean "zebra"\?$/); // prettier-ignore
  });

  test('that several classes have is refused with their numbers', async (t) => {
    const [problem] = (await resolved(t, 'class: crane')) as string[];
    assert.match(
      problem!,
      /expected the name of one class, found "crane", which is that of 2: 134 \(crane\) and 517 \(crane\)\. -> Give the number/,
    );
  });

  test('is refused where the extractor does not name its classes', async (t) => {
    for (const classes of ['classes: 10,', '']) {
      const [problem] = (await resolved(t, 'class: cat, extractor: own', extractor(classes))) as string[];
      assert.match(problem!, /expected the number of a class, as the extractor does not name them, found "cat"/);
    }
  });
});

test('an extractor with an empty list of classes gives features only', async (t) => {
  for (const choice of ['cat', '3']) {
    const [problem] = (await resolved(t, `class: ${choice}, extractor: own`, extractor('classes: [],'))) as string[];
    assert.match(problem!, /expected an extractor that classifies/);
  }
});

describe('a class by its number', () => {
  test('stays as it is', async (t) => {
    assert.equal(await resolved(t, 'class: 999'), 999);
    assert.deepEqual(await resolved(t, 'class: {AtoB: 340, BtoA: 339}'), { AtoB: 340, BtoA: 339 });
  });

  test('is refused beyond the classes of the extractor, when the config is read', async (t) => {
    const [problem] = (await resolved(t, 'class: 1000')) as string[];
    assert.match(
      problem!,
      /^33 bad-option evaluate\.metrics\.class-rate\.class: expected a class of the extractor, 0 to 999, found 1000/,
    );
    const [own] = (await resolved(t, 'class: 10, extractor: own', extractor('classes: 10,'))) as string[];
    assert.match(own!, /0 to 9, found 10/);
  });

  test('is accepted where the number of classes is not known yet', async (t) => {
    assert.equal(await resolved(t, 'class: 5000, extractor: own', extractor('')), 5000);
  });
});

for (const type of ['inception, path: ./graph.pb', 'saved-model, path: ./model', 'tfjs-model, path: ./model.json']) {
  test(`class-rate over ${type.split(',')[0]} is refused when the config is read, as it gives features only`, async (t) => {
    const [problem] = (await resolved(t, `class: 3, extractor: {type: ${type}}`)) as string[];
    assert.match(
      problem!,
      /no-classes evaluate\.metrics\.class-rate\.extractor: expected an extractor that classifies/,
    );
  });
}
