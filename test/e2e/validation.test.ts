import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { readVariables } from '../../src/engine/graph/variables-file.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { readWeightsBundle } from '../../src/export/weights.js';
import { until, WITHIN } from '../until.js';
import { allProcessesEnded, Experiment, finalWeights, journal } from './rig.js';

/** Eight steps an epoch; three images of a domain for validation, two for the test. */
const CONFIG = `
name: tiny
plugins: [plugin.mjs]
dataset: {type: synthetic, train: 8, validation: 3, test: 2, image_size: 16}
generator: {type: unet, width: 4}
discriminator: {type: patchgan, width: 4, layers: 1}
optimizer: {learning_rate: 1.0e-3}
train: {epochs: 6, checkpoint_every: 1, samples: 1, keep: 2}
evaluate: {samples: 1, every: 1, metrics: [cycle-error, psnr, held, discriminator-accuracy]}
export: {formats: [weights]}
tracking: {}
`;

/**
 * A metric that stops in its midst while the file `hold` has the number of images that it measures, and a schedule that explodes in the
 * last epochs.
 */
const PLUGIN = `
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
const held = {
  summary: 'Mean of the translations.',
  schema: { properties: {} },
  create: () => ({
    better: 'lower',
    needs: {},
    start({ count }) {
      let [sum, seen] = [0, 0];
      return {
        async add({ translated }) {
          for (const value of await translated.data()) sum += value;
          seen += translated.shape[0];
          while (existsSync('hold') && readFileSync('hold', 'utf8') === String(count)) {
            writeFileSync('held', '');
            await sleep(5);
          }
        },
        result: () => ({ value: sum / seen, count: seen }),
        dispose() {},
      };
    },
  }),
};
const explode = {
  summary: 'Constant, and far too high from epoch 4 on.',
  schema: { properties: {} },
  create: (_, { learningRate }) => (epoch) => (epoch < 3 ? learningRate : 1000 * learningRate),
};
export default { metric: { held }, schedule: { explode } };
`;

before(() => loadTensorFlow());

async function created(): Promise<Experiment> {
  const experiment = await Experiment.create(CONFIG);
  await writeFile(join(experiment.dir, 'plugin.mjs'), PLUGIN);
  return experiment;
}

interface Measured {
  readonly AtoB: Readonly<Record<string, { readonly value: number }>>;
  readonly checkpoints?: readonly { readonly name: string; readonly step: number; readonly epoch: number; readonly metrics: Measured }[]; // prettier-ignore
}

const json = async <T>(...path: string[]): Promise<T> => JSON.parse(await readFile(join(...path), 'utf8')) as T;
const metricsOf = (dir: string) => json<Measured>(dir, 'evaluate', 'metrics.json');

/** Every value of the validations and of the evaluation in the journal. */
async function measuredIn(dir: string): Promise<unknown[]> {
  const lines = await journal(dir);
  const isMeasured = ({ kind, name }: (typeof lines)[number]) =>
    kind === 'metric' && /^(validate|evaluate)\//.test(name!);
  return lines.filter(isMeasured).map(({ name, step, value }) => [name, step, value]);
}

describe('kill -9 in the midst of a measurement', () => {
  let experiment: Experiment;
  let undisturbed: Experiment;
  beforeEach(async () => {
    [experiment, undisturbed] = await Promise.all([created(), created()]);
  });
  afterEach(() => Promise.all([experiment.remove(), undisturbed.remove()]));

  const KEEP = ['run', 'tiny.yaml', '--set', 'train.keep_best.metric=held'];

  async function killWhileHeld(): Promise<void> {
    const { process, ended } = experiment.start(...KEEP);
    await until('a measurement that is held', {
      within: WITHIN.training,
      look: () => existsSync(join(experiment.dir, 'held')),
      is: (isHeld) => isHeld,
      unless: () => process.exitCode !== null,
    });
    process.kill('SIGKILL');
    await ended;
    await allProcessesEnded(experiment.dir);
    await rm(join(experiment.dir, 'hold'));
  }

  async function endsAsIfNothingHadHappened(): Promise<void> {
    const [again, whole] = [await experiment.run(...KEEP), await undisturbed.run(...KEEP)];
    assert.deepEqual([again.code, whole.code], [0, 0], again.stderr + whole.stderr);
    const [dir, other] = [await experiment.runDir(), await undisturbed.runDir()];
    assert.deepEqual(await measuredIn(dir), await measuredIn(other));
    assert.deepEqual(await metricsOf(dir), await metricsOf(other));
    assert.deepEqual(await json(dir, 'train', 'best.json'), await json(other, 'train', 'best.json'));
    assert.equal(await finalWeights(dir), await finalWeights(other));
  }

  test('of the validation images gives the same numbers, best checkpoint and weights', async () => {
    await writeFile(join(experiment.dir, 'hold'), '0');
    const { process, ended } = experiment.start(...KEEP);
    await experiment.checkpointOf(16);
    process.kill('SIGINT');
    await ended;
    await writeFile(join(experiment.dir, 'hold'), '3');
    await killWhileHeld();
    await endsAsIfNothingHadHappened();
  });

  test('of the untrained networks too', async () => {
    await writeFile(join(experiment.dir, 'hold'), '3');
    await killWhileHeld();
    await endsAsIfNothingHadHappened();
  });

  test('of the test images gives the same numbers', async () => {
    await writeFile(join(experiment.dir, 'hold'), '2');
    await killWhileHeld();
    await endsAsIfNothingHadHappened();
  });
});

describe('a training that diverges late', () => {
  let experiment: Experiment;
  beforeEach(async () => {
    experiment = await created();
  });
  afterEach(() => experiment.remove());

  const KEEP = '--set train.keep_best.metric=psnr --set schedule.type=explode'.split(' ');
  const run = async (...more: readonly string[]) => {
    const finished = await experiment.run('run', 'tiny.yaml', ...KEEP, ...more);
    assert.equal(finished.code, 0, finished.stdout + finished.stderr);
    return finished;
  };

  /** Whether the exported generator has exactly the weights of the checkpoint of a step. */
  async function isExported(dir: string, step: number): Promise<boolean> {
    const { weights } = await readWeightsBundle(join(dir, 'export', 'AtoB', 'weights'));
    const folder = `step-${String(step).padStart(8, '0')}`;
    const prefix = join(dir, 'train', 'checkpoints', folder, 'variables');
    const zeros = () => ({ G: { weights: Object.fromEntries(Object.entries(weights).map(([name, { shape }]) => [name, tf.zeros(shape)])) } }); // prettier-ignore
    const { G } = readVariables(prefix, zeros);
    const equal = Object.entries(weights).every(([name, tensor]) => {
      const trained = G.weights[name]!.dataSync();
      return tensor.dataSync().every((value, i) => value === trained[i]);
    });
    tf.dispose([weights, G]);
    return equal;
  }

  test('has another best checkpoint than its last, which evaluate and export take, and both are measured', async () => {
    const { stdout } = await run();
    const dir = await experiment.runDir();
    const best = await json<{ step: number; value: number }>(dir, 'train', 'best.json');
    const last = 6 * 8;
    assert.ok(best.step <= 3 * 8, `the best is of step ${best.step}`);
    assert.deepEqual([await isExported(dir, best.step), await isExported(dir, last)], [true, false]);
    const { checkpoints, ...metrics } = await metricsOf(dir);
    assert.deepEqual(
      checkpoints!.map(({ name, step, epoch }) => [name, step, epoch]),
      [['last', last, 6], ['best', best.step, best.step / 8]], // prettier-ignore
    );
    assert.deepEqual(checkpoints![1]!.metrics, metrics);
    const psnr = (at: number) => checkpoints![at]!.metrics.AtoB['psnr']!.value;
    assert.ok(psnr(1) > psnr(0), `best ${psnr(1)}, last ${psnr(0)}`);
    assert.match(stdout, new RegExp(`checkpoint +last \\(epoch 6, step ${last}\\) +best \\(epoch ${best.step / 8}, step ${best.step}, chosen\\)`)); // prettier-ignore
    assert.match(stdout, /validation +7 times, \d+\.\d% of the training's time; best: psnr/);
    assert.match(stdout, /validation after epoch 1: AtoB cycle-error/);
    assert.match(stdout, /discriminator-accuracy\/real +AtoB \d/);

    const again = await run();
    for (const stage of ['train', 'evaluate', 'export']) assert.match(again.stdout, new RegExp(`${stage}: up to date`));

    await run('--set', 'export.checkpoint=last', '--set', `evaluate.checkpoint=${last}`);
    assert.deepEqual([await isExported(dir, best.step), await isExported(dir, last)], [false, true]);
    const chosen = await metricsOf(dir);
    assert.deepEqual(chosen.AtoB, chosen.checkpoints![0]!.metrics.AtoB);
  });

  test('says which checkpoints there are if another one is chosen', async () => {
    await run('--until', 'train');
    const { code, stderr } = await experiment.run('run', 'tiny.yaml', ...KEEP, '--set', 'evaluate.checkpoint=12');
    assert.equal(code, 1);
    assert.match(stderr, /evaluate\.checkpoint: there is no checkpoint of step 12 in \S+checkpoints/);
    assert.match(stderr, /There are: .*step \d+ \(epoch \d, best\), .*step 48 \(epoch 6, last\)\./);
  });
});

test('a sweep goes on with the trials that did best on the validation images, by their own journals', async () => {
  const experiment = await created();
  try {
    const sets = [
      'loss.lambda=1,5,10,50',
      'train.epochs=4',
      'sweep.halving={metric: validate/held, better: higher, epochs: 2, factor: 2}',
    ];
    const { code, stdout, stderr } = await experiment.run('sweep', 'tiny.yaml', ...sets.flatMap((set) => ['--set', set])); // prettier-ignore
    assert.equal(code, 0, stdout + stderr);
    const runs = await experiment.runDirs();
    assert.equal(runs.length, 4);
    const trials = await Promise.all(
      runs.map(async (dir) => {
        const held = (await journal(dir)).filter(({ kind, name }) => kind === 'metric' && /^validate\/(AtoB|BtoA)\/held$/.test(name!)); // prettier-ignore
        const after = held.filter(({ step }) => step === 2 * 8).map(({ value }) => value!);
        assert.equal(after.length, 2, 'both directions after the first round');
        return { value: (after[0]! + after[1]!) / 2, last: Math.max(...held.map(({ step }) => step!)) };
      }),
    );
    const best = trials.toSorted((a, b) => b.value - a.value).slice(0, 2);
    for (const trial of trials) assert.equal(trial.last, best.includes(trial) ? 4 * 8 : 2 * 8);
  } finally {
    await experiment.remove();
  }
});

test('a mistake in what is to decide is reported at its place before anything starts', async () => {
  const experiment = await created();
  try {
    const refused = async (...sets: readonly string[]) => {
      const { code, stderr } = await experiment.run('run', 'tiny.yaml', ...sets.flatMap((set) => ['--set', set]));
      assert.equal(code, 2, stderr);
      return stderr;
    };
    const misspelt = await refused('train.keep_best={metric: cycle-eror}');
    assert.match(misspelt, /train\.keep_best\.metric: expected a metric that evaluate measures, found "cycle-eror"/);
    assert.match(misspelt, /Did you mean "cycle-error"\?/);
    const direction = await refused('train.early_stopping={metric: held, direction: AB}');
    assert.match(direction, /train\.early_stopping\.direction: expected AtoB, BtoA or both/);
    const without = await refused('dataset.validation=0', 'train.keep_best.metric=held');
    assert.match(without, /train\.keep_best: expected validation images to measure, found none/);
  } finally {
    await experiment.remove();
  }
});
