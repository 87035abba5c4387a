import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { builtins } from '../../src/app/builtins.js';
import { freeze } from '../../src/sweep/freeze.js';
import { temporary } from '../export/rig.js';

/** The values of the trials, as in the table. */
async function trials(t: TestContext, yaml: string, overrides: readonly string[] = [], withCure = false) {
  const cwd = temporary(t);
  await writeFile(join(cwd, 'a.yaml'), `dataset: {type: synthetic, image_size: 32}\n${yaml}`);
  const frozen = await freeze({
    file: 'a.yaml',
    overrides,
    runsRoot: join(cwd, 'runs'),
    cwd,
    command: [],
    components: builtins,
    stop: new AbortController().signal,
    dryRun: true,
  });
  if (!frozen.ok) return frozen.problems.map(({ message, cure }) => (withCure ? `${message} ${cure}` : message));
  return frozen.value.sweep.trials.map(({ params }) => params);
}

test('a grid of the file or of --set reaches the options of a component in a list', async (t) => {
  const path = 'evaluate.metrics.ssim.window';
  const both = [{ [path]: 7 }, { [path]: 9 }];
  assert.deepEqual(await trials(t, '', [`${path}=7,9`]), both);
  assert.deepEqual(await trials(t, `sweep: {grid: {${path}: [7, 9]}}`), both);
});

test('a trial without such an option has the default in the table', async (t) => {
  const [window, sigma] = ['evaluate.metrics.ssim.window', 'evaluate.metrics.ssim.sigma'];
  assert.deepEqual(await trials(t, `sweep: {trials: [{${window}: 7}, {${sigma}: 2}]}`), [
    { [window]: 7, [sigma]: 1.5 },
    { [window]: 11, [sigma]: 2 },
  ]);
});

test('random ranges reach the options of a component in a list', async (t) => {
  const path = 'evaluate.metrics.ssim.sigma';
  const drawn = await trials(t, `sweep: {random: {trials: 3, ranges: {${path}: {min: 1, max: 2}}}}`);
  const values = drawn.map((params) => (params as Record<string, number>)[path]!);
  assert.ok(values.length === 3 && values.every((value) => value >= 1 && value <= 2), String(values));
});

test('a name that is not in the list is reported before anything starts', async (t) => {
  assert.deepEqual(await trials(t, 'evaluate: {metrics: [psnr]}', ['evaluate.metrics.ssim.window=7,9']), [
    'evaluate.metrics: there is no "ssim" in this list. There are: psnr.',
    'evaluate.metrics: there is no "ssim" in this list. There are: psnr.',
  ]);
});

const halving = (metric: string) => `sweep: {halving: {metric: ${metric}, epochs: 6}}`;

for (const every of ['auto', 'never', 4, 12]) {
  test(`halving by a validation is refused with evaluate.every: ${every}, as none may be due at a choice`, async (t) => {
    const set = ['seed=1,2', `evaluate.every=${every}`, 'dataset.validation=3', 'train.epochs=400'];
    const [found] = (await trials(t, halving('validate/psnr'), set, true)) as string[];
    assert.match(
      found!,
      new RegExp(`after 6 epochs .* evaluate\\.every is ${every}\\. Set evaluate\\.every .* divides 6`),
    );
    assert.equal((await trials(t, halving('loss/cycle/forward'), set)).length, 2);
  });
}

test('halving by a validation is refused without validation images', async (t) => {
  const set = ['seed=1,2', 'evaluate.every=3'];
  const [found] = (await trials(t, halving('validate/psnr'), [...set, 'dataset.validation=0'], true)) as string[];
  assert.match(found!, /^evaluate\.every: expected validation images .*dataset\.validation_share: 0\.05/);
  for (const some of ['dataset.validation=3', 'dataset.validation_share=0.2'])
    assert.deepEqual(await trials(t, halving('validate/psnr'), [...set, some]), [{ seed: 1 }, { seed: 2 }]);
});

describe('ranking by a validation', () => {
  const SWEEP = 'sweep: {metric: validate/psnr}';

  test('is refused where validations are turned off, by the name of the trial if not in all', async (t) => {
    const all = await trials(t, SWEEP, ['seed=1,2', 'evaluate.every=never', 'dataset.validation=3'], true);
    assert.deepEqual(all, [
      'sweep.metric: validate/psnr is measured on the validation images, and evaluate.every: never leaves them unmeasured. Set evaluate.every to a number of epochs, or leave it out.',
    ]);
    const yaml = 'sweep: {metric: validate/psnr, trials: [{seed: 1}, {seed: 2, evaluate.every: never}]}';
    const [some] = (await trials(t, yaml, ['dataset.validation=3'])) as string[];
    assert.match(some!, /^sweep\.metric \(trial seed=2, every=never\): validate\/psnr is measured on/);
  });

  test('is refused without validation images, by the name of the trial if not in all', async (t) => {
    const [all] = (await trials(t, SWEEP, ['seed=1,2', 'dataset.validation=0'])) as string[];
    assert.match(all!, /^sweep\.metric: expected validation images to measure, found none/);
    const [some] = (await trials(t, SWEEP, ['dataset.validation=3,0'])) as string[];
    assert.match(some!, /^sweep\.metric \(trial validation=0\): expected validation images to measure, found none/);
  });
});

test('halving by a validation that is not due at a choice is refused by the name of the trial, if not in all', async (t) => {
  const yaml =
    'sweep: {halving: {metric: validate/psnr, epochs: 6}, trials: [{seed: 1}, {seed: 2, evaluate.every: 4}]}';
  const set = ['evaluate.every=3', 'dataset.validation=3', 'train.epochs=400'];
  const [found] = (await trials(t, yaml, set)) as string[];
  assert.match(found!, /evaluate\.every is 4 \(trial every=4, seed=2\)\.$/);
});
