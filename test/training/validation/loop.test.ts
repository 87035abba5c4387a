import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { loadTensorFlow } from '../../../src/engine/native.js';
import type { Config } from '../../../src/registry/config.js';
import type { StageResult } from '../../../src/registry/kinds/stage.js';
import { ProblemError } from '../../../src/support/problem.js';
import { Workbench, type ValidationRig } from '../rig.js';

before(() => loadTensorFlow());

const EPOCHS = 4;
const STEPS = 16;
const own: ValidationRig = { values: (mean) => ({ mean, shown: mean / 2 }) };
/** Values by epoch, from that of the untrained networks on. */
const scripted = (...values: readonly number[]): ValidationRig => ({
  evaluate: { metrics: ['psnr'] },
  values: (_, direction, step) => ({ psnr: direction === 'AtoB' ? values[step / 4]! : 0 }),
});
const keep_best = { metric: 'psnr', direction: 'AtoB', better: null } as const;
const early = (patience: number) => ({ ...keep_best, patience, min_delta: 0 });
const constant = { type: 'constant' };
const made = (
  t: Parameters<typeof benchOf>[0],
  validation: ValidationRig | undefined,
  train: Partial<Config['train']> = {},
) => benchOf(t, 'graph', { epochs: EPOCHS, sample_every: EPOCHS, ...train }, validation);

function benchOf(
  t: ConstructorParameters<typeof Workbench>[0],
  mode: 'graph' | 'eager',
  train: Partial<Config['train']>,
  validation: ValidationRig | undefined,
): Workbench {
  return new Workbench(t, mode, train, 2e-4, constant, validation);
}

const validated = (bench: Workbench, name: string) => {
  const found = new Map<number, number>();
  for (const event of bench.eventsOf('metric')) if (event.name === name) found.set(event.step, event.value);
  return [...found].map(([step, value]) => ({ step, value }));
};
const weightsOf = (bench: Workbench, step = STEPS) =>
  readFileSync(
    join(bench.dir, 'checkpoints', `step-${String(step).padStart(8, '0')}`, 'variables.data-00000-of-00001'),
  );
/** The state beside the tensors in the last checkpoint. */
const stateOf = (bench: Workbench): unknown =>
  JSON.parse(readFileSync(join(bench.dir, 'checkpoints', 'step-00000016', 'checkpoint.json'), 'utf8'));
const bestFile = (bench: Workbench): unknown => JSON.parse(readFileSync(join(bench.dir, 'best.json'), 'utf8'));
const outputsOf = (result: StageResult) => (result.status === 'done' ? result.outputs : assert.fail(result.status));

for (const mode of ['graph', 'eager'] as const) {
  describe(`validation during a training in ${mode} mode`, () => {
    test('changes no weight, and measures both directions before training, after epochs and after the last', async (t) => {
      const train = { epochs: EPOCHS, sample_every: EPOCHS };
      const [bench, without] = [benchOf(t, mode, train, own), benchOf(t, mode, train, undefined)];
      await bench.train();
      await without.train();
      const steps = [0, 4, 8, 12, 16];
      for (const direction of ['AtoB', 'BtoA']) {
        for (const name of ['mean', 'shown']) assert.deepEqual(bench.steps(`validate/${direction}/${name}`), steps);
      }
      const values = validated(bench, 'validate/AtoB/mean').map(({ value }) => value);
      assert.equal(new Set(values).size, values.length, 'each is that of other weights');
      assert.ok(weightsOf(bench).equals(weightsOf(without)));
      assert.deepEqual(without.steps('validate/AtoB/mean'), []);
    });
  });
}

describe('validation during a training', () => {
  test('reports its share of the time and a line with its values', async (t) => {
    const bench = made(t, scripted(1, 2, 3, 4, 5));
    const result = await bench.train();
    const shares = bench.eventsOf('metric').filter(({ name }) => name === 'time/validation-share');
    assert.deepEqual(shares.map(({ step }) => step), [0, 4, 8, 12, 16]); // prettier-ignore
    for (const { value } of shares) assert.ok(value > 0 && value < 1, String(value));
    const notes = bench.eventsOf('note').map(({ text }) => text);
    assert.deepEqual(notes.slice(0, 2), [
      'validation before training: AtoB psnr 1 | BtoA psnr 0',
      'validation after epoch 1: AtoB psnr 2 | BtoA psnr 0',
    ]);
    const [line] = (result.status === 'done' && result.summary?.filter(({ label }) => label === 'validation')) || [];
    assert.match(line!.text!, /^5 times, \d+\.\d% of the training's time$/);
  });

  test('gives the same numbers after stops between steps and after a crash before the checkpoint', async (t) => {
    const [bench, whole] = [made(t, own, { checkpoint_every: 2 }), made(t, own)];
    await whole.train();
    assert.equal((await bench.train({ stopAfter: 3 })).status, 'interrupted');
    await assert.rejects(
      bench.train({
        onEvent: (event) => {
          if (event.kind === 'note' && event.text.startsWith('validation after epoch 1')) throw new Error('crash');
        },
      }),
      /crash/,
    );
    assert.deepEqual((await bench.files('checkpoints')).at(-1), 'step-00000003', 'nothing is saved after it');
    await bench.train({ stopAfter: 10 });
    await bench.train();
    for (const name of ['validate/AtoB/mean', 'validate/BtoA/shown'])
      assert.deepEqual(validated(bench, name), validated(whole, name));
    assert.ok(weightsOf(bench).equals(weightsOf(whole)));
  });

  for (const at of ['BtoA 0', 'AtoB 8', `BtoA ${STEPS}`]) {
    test(`is done again if the user stops it at ${at}, and gives the same numbers`, async (t) => {
      const [bench, whole] = [made(t, own), made(t, own)];
      await whole.train();
      const stopped = await bench.train({
        stopMeasuring: at,
      });
      assert.equal(stopped.status, 'interrupted');
      assert.equal(bench.measured.at(-1), at);
      outputsOf(await bench.train());
      for (const name of ['validate/AtoB/mean', 'validate/BtoA/mean'])
        assert.deepEqual(validated(bench, name), validated(whole, name));
      assert.deepEqual(stateOf(bench), stateOf(whole));
      assert.ok(weightsOf(bench).equals(weightsOf(whole)));
    });
  }
});

describe('train.keep_best', () => {
  test('keeps the checkpoint of the best validation beside the newest ones, with its place in best.json', async (t) => {
    const bench = made(t, scripted(9, 1, 5, 2, 3), { keep_best, keep: 1, checkpoint_every: 1 });
    const outputs = outputsOf(await bench.train());
    const best = { metric: 'psnr', direction: 'AtoB', value: 5, step: 8, epoch: 2 };
    assert.deepEqual(await bench.files('checkpoints'), ['step-00000008', 'step-00000016']);
    assert.deepEqual(bestFile(bench), best);
    const psnr = (value: number) => ({ psnr: { value, better: 'higher', unit: 'dB' } });
    const metrics = { validate: { AtoB: psnr(5), BtoA: psnr(0) } };
    assert.deepEqual(outputs, {
      step: STEPS,
      epochs: EPOCHS,
      checkpoints: 'checkpoints',
      samples: 'samples',
      best,
      metrics,
    });
  });

  test('saves the best when no checkpoint is due, and keeps no more than asked for', async (t) => {
    const bench = made(t, scripted(0, 5, 1, 2, 3), { keep_best, keep: 1, checkpoint_every: 4 });
    await bench.train();
    assert.deepEqual(await bench.files('checkpoints'), ['step-00000004', 'step-00000016']);
    const improving = made(t, scripted(0, 1, 2, 3, 4), { keep_best, keep: 1, checkpoint_every: 4 });
    await improving.train();
    assert.deepEqual(await improving.files('checkpoints'), ['step-00000016']);
  });

  test('keeps the same one after stops and resumes', async (t) => {
    const bench = made(t, scripted(0, 1, 5, 2, 3), { keep_best, keep: 1, checkpoint_every: 4 });
    for (const stopAfter of [2, 6, 9, 13]) await bench.train({ stopAfter });
    outputsOf(await bench.train());
    assert.deepEqual(await bench.files('checkpoints'), ['step-00000008', 'step-00000016']);
    assert.equal((bestFile(bench) as { step: number }).step, 8);
  });

  test('reports each new best checkpoint and the last, with the values of the validation', async (t) => {
    const bench = made(t, scripted(9, 1, 5, 2, 3), { keep_best });
    await bench.train();
    const kept = bench.eventsOf('checkpoint').map(({ name, step, epoch, metrics }) => [name, step, epoch, metrics['AtoB/psnr']]); // prettier-ignore
    const once = [...new Map(kept.map((each) => [each.join(), each])).values()];
    assert.deepEqual(once, [['best', 4, 1, 1], ['best', 8, 2, 5], ['last', 16, 4, 3]]); // prettier-ignore
    for (const { dir } of bench.eventsOf('checkpoint').slice(-2)) assert.ok(existsSync(join(dir, 'checkpoint.json')));
  });

  test('takes the best of those that are left if its checkpoint is gone, with a warning', async (t) => {
    const bench = made(t, scripted(0, 1, 5, 2, 3), { keep_best, keep: 5, checkpoint_every: 1 });
    await bench.train({ stopAfter: 13 });
    rmSync(join(bench.dir, 'checkpoints', 'step-00000008'), { recursive: true });
    await bench.train();
    assert.equal((bestFile(bench) as { step: number }).step, 16);
    const warnings = bench.eventsOf('note').filter(({ level }) => level === 'warning');
    assert.match(warnings[0]!.text, /of step 8, is not there: that of step 12 takes its place/);
  });

  test('takes none whose value is not finite in a direction of the mean, and records that it is not', async (t) => {
    const infinite: ValidationRig = {
      evaluate: { metrics: ['psnr'] },
      values: (_, direction, step) => ({ psnr: direction === 'AtoB' ? step : step === 16 ? Infinity : 1 }),
    };
    const bench = made(t, infinite, { keep_best: { ...keep_best, direction: 'both' } });
    await bench.train();
    assert.equal((bestFile(bench) as { step: number }).step, 12);
    const { state } = stateOf(bench) as { state: { validations: { metrics: unknown }[] } };
    assert.deepEqual(state.validations.at(-1)!.metrics, { 'AtoB/psnr': 16, 'BtoA/psnr': null });
    for (const { metrics } of bench.eventsOf('checkpoint'))
      assert.ok(Object.values(metrics).every((value) => Number.isFinite(value)));
  });

  test('ends the training at once if the metric cannot be measured', async (t) => {
    const bench = made(t, { evaluate: { metrics: ['psnr'] }, values: () => ({ other: 1 }) }, { keep_best });
    const error: unknown = await bench.train().then(() => undefined, (error: unknown) => error); // prettier-ignore
    assert.ok(error instanceof ProblemError);
    assert.equal(error.problems[0]!.code, 'no-validation');
    assert.match(error.problems[0]!.message, /train\.keep_best: AtoB psnr cannot be measured/);
    assert.deepEqual(readdirSync(bench.dir).filter((name) => name === 'checkpoints'), []); // prettier-ignore
  });
});

describe('train.early_stopping', () => {
  test('ends the training after so many validations without an improvement', async (t) => {
    const bench = made(t, scripted(9, 1, 5, 4, 3), { early_stopping: early(1) });
    const outputs = outputsOf(await bench.train());
    assert.deepEqual([outputs['step'], outputs['epochs'], outputs['stopped_early']], [12, 3, true]);
    assert.deepEqual((await bench.files('checkpoints')).at(-1), 'step-00000012');
    const notes = bench.eventsOf('note').map(({ text }) => text);
    assert.match(
      notes.at(-1)!,
      /^stopped early, after epoch 3 of 4: AtoB psnr has not improved in the last validation$/,
    );
  });

  test('ends it within an epoch, too', async (t) => {
    const validation: ValidationRig = {
      evaluate: { metrics: ['psnr'], every: 'never', every_steps: 3 },
      values: (_, __, step) => ({ psnr: [0, 2, 1, 0][step / 3]! }),
    };
    const bench = made(t, validation, { early_stopping: early(2) });
    const outputs = outputsOf(await bench.train());
    assert.deepEqual([outputs['step'], outputs['epochs']], [9, 2.25]);
    assert.deepEqual((await bench.files('checkpoints')).at(-1), 'step-00000009');
  });

  test('ends it at the same step after stops and resumes, and again if it is continued', async (t) => {
    const bench = made(t, scripted(9, 1, 5, 4, 3), { early_stopping: early(1) });
    for (const stopAfter of [6, 9]) await bench.train({ stopAfter });
    assert.equal(outputsOf(await bench.train())['step'], 12);
    assert.equal(outputsOf(await bench.train())['step'], 12);
    assert.equal(Math.max(...bench.steps('loss/G/total')), 12);
  });
});
