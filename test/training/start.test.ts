import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import type { Batches } from '../../src/data/batches/batches.js';
import { saveCheckpoint } from '../../src/engine/checkpoints.js';
import type { Trainer } from '../../src/training/trainer.js';
import type { StageContext } from '../../src/registry/kinds/stage.js';
import { start, type Start } from '../../src/training/start.js';
import type { JsonObject } from '../../src/support/json.js';
import { temporary } from '../export/rig.js';
import { config } from '../rig.js';
import { problemOf } from '../problem-of.js';

const STEPS_PER_EPOCH = 4;

/** Announces a phase that takes long for large networks. */
const RESTORING = 'phase: restoring the checkpoint';

/** The folders of a run and of its parent; records what is restored and reported. */
class Bench {
  readonly own: string;
  readonly parent: string;
  /** `new` for new networks, else the prefix that was read. */
  readonly trained: string[] = [];
  readonly notes: string[] = [];

  constructor(t: TestContext) {
    [this.own, this.parent] = [temporary(t), temporary(t)];
  }

  async save(dir: string, step: number, stepsPerEpoch = STEPS_PER_EPOCH, more: JsonObject = {}): Promise<void> {
    const write = (prefix: string) => writeFileSync(`${prefix}.index`, `step ${step}`);
    const state = { steps_per_epoch: stepsPerEpoch, ...more };
    await saveCheckpoint(join(dir, 'checkpoints'), { step, state }, write, 5);
  }

  /** @returns the steps done so far */
  async start(epochs: number, from?: string): Promise<number> {
    return (await this.startWhole(epochs, from)).step;
  }

  startWhole(epochs: number, from?: string): Promise<Start> {
    const defaults = config();
    const context = {
      config: { ...defaults, train: { ...defaults.train, epochs } },
      dir: this.own,
      ...(from !== undefined && { parent: { dir: from, fingerprint: 'parent', outputs: {} } }),
      emit: (event: { readonly kind: string; readonly text?: string }) =>
        this.notes.push(`${event.kind}: ${event.text}`),
    } as unknown as StageContext;
    const trainer = {
      initialize: () => this.trained.push('new'),
      restore: (prefix: string) => this.trained.push(prefix),
    } as unknown as Trainer;
    return start(context, trainer, { stepsPerEpoch: STEPS_PER_EPOCH } as Batches);
  }
}

const prefix = (dir: string, step: number) => join(dir, 'checkpoints', `step-0000000${step}`, 'variables');

describe('training starts', () => {
  test('with new networks if there is no checkpoint', async (t) => {
    const bench = new Bench(t);
    assert.equal(await bench.start(2), 0);
    assert.deepEqual([bench.trained, bench.notes], [['new'], []]);
  });

  test('from the run’s newest checkpoint, with a note', async (t) => {
    const bench = new Bench(t);
    await bench.save(bench.own, 3);
    await bench.save(bench.own, 5);
    assert.equal(await bench.start(2), 5);
    assert.deepEqual(bench.trained, [prefix(bench.own, 5)]);
    assert.deepEqual(bench.notes, [RESTORING, 'note: continues from the checkpoint of step 5']);
  });

  test('with what it has measured so far, and anew from another run', async (t) => {
    const bench = new Bench(t);
    const validations = [{ step: 2, epoch: 1, metrics: { 'AtoB/psnr': 17.5 } }];
    await bench.save(bench.parent, 2, STEPS_PER_EPOCH, { validations });
    assert.deepEqual(await bench.startWhole(2, bench.parent), {
      step: 2,
      validations: [],
      state: { steps_per_epoch: STEPS_PER_EPOCH, validations },
    });
    await bench.save(bench.own, 3, STEPS_PER_EPOCH, { validations });
    assert.deepEqual(await bench.startWhole(2, bench.parent), {
      step: 3,
      validations,
      state: { steps_per_epoch: STEPS_PER_EPOCH, validations },
    });
  });

  test('from an older checkpoint if the newest is damaged, with a note', async (t) => {
    const bench = new Bench(t);
    await bench.save(bench.own, 3);
    await bench.save(bench.own, 5);
    appendFileSync(`${prefix(bench.own, 5)}.index`, 'more');
    assert.equal(await bench.start(2), 3);
    assert.match(
      bench.notes[1]!,
      /^note: checkpoint step-00000005 is damaged and was skipped: .*has 10 bytes instead of 6/,
    );
  });

  test('from the newest checkpoint of the run given by --from, with a note', async (t) => {
    const bench = new Bench(t);
    await bench.save(bench.parent, 4);
    await bench.save(bench.parent, 7);
    assert.equal(await bench.start(2, bench.parent), 7);
    assert.deepEqual(bench.trained, [prefix(bench.parent, 7)]);
    assert.deepEqual(bench.notes, [RESTORING, `note: starts from step 7 of ${bench.parent}`]);
  });

  test('from the run’s own checkpoint once it has one, whatever --from names', async (t) => {
    const bench = new Bench(t);
    await bench.save(bench.parent, 4, 99);
    await bench.save(bench.own, 6);
    assert.equal(await bench.start(2, bench.parent), 6);
    assert.deepEqual(bench.trained, [prefix(bench.own, 6)]);
  });
});

describe('--from is refused', () => {
  test('if that run has no usable checkpoint', async (t) => {
    const bench = new Bench(t);
    const { code, message } = await problemOf(bench.start(2, bench.parent));
    assert.equal(code, 'no-checkpoint');
    assert.ok(message.includes(join(bench.parent, 'checkpoints')), message);
    await bench.save(bench.parent, 4);
    appendFileSync(`${prefix(bench.parent, 4)}.index`, 'more');
    assert.equal((await problemOf(bench.start(2, bench.parent))).code, 'no-checkpoint');
    assert.deepEqual(bench.trained, [], 'no new networks are trained in its place');
  });

  test('if that run’s epochs have another number of steps', async (t) => {
    const bench = new Bench(t);
    await bench.save(bench.parent, 4, 3);
    const { code, message, cure } = await problemOf(bench.start(2, bench.parent));
    assert.equal(code, 'other-epochs');
    assert.match(message, /has 3 steps an epoch and this config 4,/);
    assert.match(cure!, /dataset\.batch_size/);
  });

  for (const step of [8, 9]) {
    test(`if that run has done ${step} of the 8 steps of the config`, async (t) => {
      const bench = new Bench(t);
      await bench.save(bench.parent, step);
      const { code, message, cure } = await problemOf(bench.start(2, bench.parent));
      assert.equal(code, 'nothing-to-train');
      assert.match(message, new RegExp(`has done ${step} steps, and train\\.epochs: 2 asks for 8\\.`));
      assert.match(cure!, /Raise train\.epochs/);
      assert.equal(await bench.start(3, bench.parent), step, 'accepted with one more epoch');
    });
  }
});
