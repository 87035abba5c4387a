import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import sharp from 'sharp';
import { commandLine } from '../../cli/rig.js';

const KEEP = 'train: {keep_best: {metric: psnr}}';
const STOP = 'train: {early_stopping: {metric: psnr}}';

/** What a dry run says of a config: its first problem in a line and its cure, or that it may run. */
async function dryRun(t: TestContext, yaml: string, splits: readonly string[] = [], command = ['run']) {
  const { cwd, runner } = await commandLine(t, { env: process.env });
  for (const split of splits) {
    await mkdir(join(cwd, 'images', split), { recursive: true });
    const background = { r: split.length * 40, g: split.endsWith('A') ? 200 : 10, b: 0 };
    await sharp({ create: { width: 20, height: 20, channels: 3, background } }).png().toFile(join(cwd, 'images', split, '1.png')); // prettier-ignore
  }
  await writeFile(join(cwd, 'a.yaml'), yaml);
  const { code, out, err } = await runner(...command, 'a.yaml', '--dry-run');
  const runs = readdirSync(cwd).filter((name) => name === 'runs');
  return { code, text: out + err, runs };
}

const synthetic = (rest: string) => `dataset: {type: synthetic, image_size: 32}\n${rest}\n`;

describe('without validation images, which the config alone shows', () => {
  for (const [option, place, yaml] of [
    ['train.keep_best', '2:9', KEEP],
    ['train.early_stopping', '2:9', STOP],
    ['evaluate.every', '2:19', 'evaluate: {every: 2}'],
    ['evaluate.every_steps', '2:25', 'evaluate: {every_steps: 9}'],
  ] as const) {
    test(`${option} is refused at its place when the config is read`, async (t) => {
      const { code, text } = await dryRun(t, synthetic(yaml));
      assert.equal(code, 2, text);
      assert.ok(text.includes(`a.yaml:${place}`), text);
      assert.match(
        text,
        new RegExp(`${option.replace('.', '\\.')}: expected validation images to measure, found none`),
      );
      assert.match(text, /dataset\.validation_share: 0\.05/);
    });
  }

  test('the defaults of evaluate are not', async (t) => {
    assert.equal((await dryRun(t, synthetic('evaluate: {every: auto}'))).code, 0);
  });

  for (const some of ['validation: 3', 'validation_share: 0.1']) {
    test(`nothing is refused with ${some}`, async (t) => {
      const yaml = `dataset: {type: synthetic, image_size: 32, ${some}}\n${KEEP}\nevaluate: {every: 2}\n`;
      assert.equal((await dryRun(t, yaml)).code, 0);
    });
  }

  test('a mistake in the data set hides that it has none', async (t) => {
    const { text } = await dryRun(t, `dataset: {type: synthetic, image_size: 32, validation: many}\n${KEEP}\n`);
    assert.match(text, /dataset\.validation: expected a whole number/);
    assert.doesNotMatch(text, /keep_best/);
  });
});

test('a training that decides by validations is refused where evaluate.every turns them off', async (t) => {
  const yaml = `dataset: {type: synthetic, image_size: 32, validation: 3}\n${KEEP}\nevaluate: {every: never}\n`;
  assert.match((await dryRun(t, yaml)).text, /a\.yaml:2:9[^]*train\.keep_best: decides by .* evaluate\.every: never/);
});

describe('of a folder, whose files alone can show whether there are validation images', () => {
  const folder = `dataset: {type: folder, path: ./images, image_size: 32}\n${KEEP}\n`;
  const FOUR = ['trainA', 'trainB', 'testA', 'testB'];

  test('a dry run refuses train.keep_best without any, before anything is prepared', async (t) => {
    const { code, text, runs } = await dryRun(t, folder, FOUR);
    assert.equal(code, 2, text);
    assert.match(text, /a\.yaml:2:9[^]*train\.keep_best: expected validation images to measure, found none/);
    assert.deepEqual(runs, []);
  });

  test('it accepts it with valA and valB', async (t) => {
    const { code, text } = await dryRun(t, folder, [...FOUR, 'valA', 'valB']);
    assert.equal(code, 0, text);
  });

  test('a sweep that ranks by validations is refused without any', async (t) => {
    const [dataset] = folder.split('\n');
    const yaml = `${dataset}\nsweep: {metric: validate/psnr, repeats: 2}\nevaluate: {metrics: [psnr]}\n`;
    const refused = await dryRun(t, yaml, FOUR, ['sweep']);
    assert.match(refused.text, /a\.yaml:2:17[^]*sweep\.metric: expected validation images to measure, found none/);
    assert.equal((await dryRun(t, yaml, [...FOUR, 'valA', 'valB'], ['sweep'])).code, 0);
  });
});

test('a sweep that ranks by validations is refused where evaluate.every turns them off', async (t) => {
  const yaml = `dataset: {type: synthetic, image_size: 32, validation: 3}\nsweep: {metric: validate/AtoB/psnr, repeats: 2}\nevaluate: {every: never}\n`;
  const { text } = await dryRun(t, yaml, [], ['sweep']);
  assert.match(text, /sweep\.metric: validate\/AtoB\/psnr is measured on .* evaluate\.every: never/);
});
