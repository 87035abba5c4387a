import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { loadTensorFlow } from '../../src/engine/native.js';
import type { LearningRate } from '../../src/registry/kinds/objective.js';
import type { Trainer } from '../../src/training/trainer.js';
import { STEPS_PER_EPOCH, Workbench } from './rig.js';
import { problemOf } from '../problem-of.js';

before(() => loadTensorFlow());

const images = (...names: string[]) => names.flatMap((name) => [`${name}-AtoB.png`, `${name}-BtoA.png`]);

describe('training', () => {
  test('reports images before the first step, after each epoch, and every few steps, once each', async (t) => {
    const bench = new Workbench(t, 'graph', { epochs: 2, sample_every_steps: 2 });
    await bench.train();
    const names = ['epoch-0000', 'epoch-0001', 'epoch-0002', 'step-00000002', 'step-00000006'];
    assert.deepEqual(await bench.files('samples'), images(...names));
    for (const name of ['samples/AtoB', 'samples/BtoA']) assert.deepEqual(bench.steps(name), [0, 2, 4, 6, 8]);
  });

  test('reports the images of a step that ends an epoch without images', async (t) => {
    const bench = new Workbench(t, 'graph', { epochs: 3, sample_every: 3, sample_every_steps: 4 });
    await bench.train();
    const names = ['epoch-0000', 'epoch-0003', 'step-00000004', 'step-00000008'];
    assert.deepEqual(await bench.files('samples'), images(...names));
    assert.deepEqual(bench.steps('samples/AtoB'), [0, 4, 8, 12]);
  });

  test('reports histograms of every weight and gradient, before the first step, every few epochs and after the last', async (t) => {
    const bench = new Workbench(t, 'graph', { epochs: 3, histogram_every: 2 });
    await bench.train();
    for (const name of ['weights/G/down1/kernel', 'gradients/D_Y/logits/bias']) {
      assert.deepEqual(bench.steps(name), [0, 8, 12]);
    }
    const [first] = bench.eventsOf('histogram');
    assert.equal(first!.histogram.counts.length, 30);
  });

  test('reports no histograms by default', async (t) => {
    const bench = new Workbench(t, 'graph', { epochs: 1 });
    await bench.train();
    assert.deepEqual(bench.eventsOf('histogram'), []);
  });

  test('reports the losses of each step, and its speed and memory every ten', async (t) => {
    const bench = new Workbench(t, 'graph', { epochs: 6 });
    await bench.train();
    assert.deepEqual(
      bench.steps('loss/cycle/forward'),
      Array.from({ length: 24 }, (_, i) => i + 1),
    );
    const names = ['speed/steps-per-second', 'speed/data-wait-ms', 'memory/rss-mb', 'memory/peak-rss-mb'];
    for (const name of [...names, 'memory/tensors']) assert.deepEqual(bench.steps(name), [10, 20], name);
    for (const name of ['learning-rate', 'time/epoch-seconds']) assert.deepEqual(bench.steps(name), [4, 8, 12, 16, 20, 24]); // prettier-ignore
    const seconds = bench.eventsOf('metric').filter(({ name }) => name === 'time/epoch-seconds');
    const sum = seconds.reduce((all, { value }) => all + value, 0);
    assert.ok(sum > 0 && sum < performance.now() / 1000, `epochs of ${sum} s in a process of less`);
    assert.equal(bench.eventsOf('progress').length, 24);
    for (const { memory } of bench.eventsOf('progress')) assert.ok(memory! > 1e6);
  });

  test('uses the learning rate of each step’s own epoch, also after a resume in the middle of one', async (t) => {
    const schedule = { type: 'linear', decay_from: 1 };
    const bench = new Workbench(t, 'eager', { epochs: 3 }, 3e-4, schedule);
    const taken: [step: number, rate: number][] = [];
    const change = (trainer: Trainer) =>
      overriding(trainer, 'step', (_, step, rate) => {
        taken.push([step, generatorRate(rate)]);
        return { 'G/total': 1 };
      });
    await bench.train({ change, stopAfter: 6 });
    await bench.train({ change });
    // Full in the first epoch, then down by thirds.
    const rates = [3e-4, 2e-4, 1e-4];
    assert.deepEqual(
      taken.map(([step]) => step),
      Array.from({ length: 12 }, (_, i) => i),
      'steps done before, from 0',
    );
    taken.forEach(([step, rate]) =>
      assert.ok(Math.abs(rate - rates[Math.floor(step / 4)]!) < 1e-9, `${rate} at ${step}`),
    );
    const reported = bench.eventsOf('metric').filter(({ name }) => name === 'learning-rate');
    assert.deepEqual(
      reported.map(({ step }) => step),
      [4, 8, 12],
    );
    reported.forEach(({ value }, epoch) =>
      assert.ok(Math.abs(value - rates[epoch]!) < 1e-9, `${value} in epoch ${epoch}`),
    );
  });

  test('has the same learning rates with interruptions as without, with a plateau and a warm-up', async (t) => {
    const schedule = { type: 'plateau', metric: 'loss/G/total', factor: 0.5, threshold: 0.1, patience: 0, warmup: 1.5 };
    const rates = async (stops: readonly number[]) => {
      const bench = new Workbench(t, 'eager', { epochs: 5 }, 3e-4, schedule);
      const taken: number[] = [];
      // The means of the first epochs are 2, 1, 1, 2: the second and the third halve the rate of the next.
      const losses = [1, 2, 3, 2, 0, 2, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2];
      const change = (trainer: Trainer) =>
        overriding(trainer, 'step', (_, step, rate) => {
          taken.push(generatorRate(rate));
          return { 'G/total': losses[step] ?? 0 };
        });
      for (const stopAfter of [...stops, Infinity]) await bench.train({ change, stopAfter });
      return taken;
    };
    const uninterrupted = await rates([]);
    assert.deepEqual(await rates([2, 6, 8, 13]), uninterrupted);
    const expected = [1, 1, 1, 0.5, 0.25].map((share) => share * 3e-4);
    uninterrupted.forEach((rate, step) => {
      const warmed = expected[Math.floor(step / 4)]! * Math.min(1, (step + 1) / 6);
      assert.ok(Math.abs(rate - warmed) < 1e-12, `${rate} at step ${step}, not ${warmed}`);
    });
  });

  test('reports what it does before the first step, which takes long for large networks', async (t) => {
    const bench = new Workbench(t, 'graph', { epochs: 1 });
    const phases = () => bench.eventsOf('phase').map(({ name }) => name);
    await bench.train({ stopAfter: 1 });
    assert.deepEqual(phases(), ['first-samples', 'first-step']);
    const at = (kind: string, name: string) => bench.events.findIndex((event) => event.kind === kind && 'name' in event && event.name === name); // prettier-ignore
    assert.ok(at('phase', 'first-step') < at('metric', 'loss/G/total'));
    await bench.train();
    assert.deepEqual(phases(), ['first-samples', 'first-step', 'first-step']);
  });

  test('saves a checkpoint of the last step when it is stopped within an epoch, and resumes there', async (t) => {
    const bench = new Workbench(t, 'graph', { epochs: 3 });
    const stopped = await bench.train({ stopAfter: 6 });
    assert.deepEqual(stopped, { status: 'interrupted', saved: 'the checkpoint of step 6' });
    assert.deepEqual((await bench.files('checkpoints')).at(-1), 'step-00000006');
    await bench.train();
    assert.deepEqual(
      bench.steps('loss/G/total'),
      Array.from({ length: 12 }, (_, i) => i + 1),
      'no step is done twice',
    );
  });

  test('reports the same with interruptions as without', async (t) => {
    const train = { epochs: 3, sample_every_steps: 3, histogram_every: 1 };
    const [bench, uninterrupted] = [new Workbench(t, 'graph', train), new Workbench(t, 'graph', train)];
    for (const stopAfter of [3, 8]) {
      const { status } = await bench.train({ stopAfter });
      assert.equal(status, 'interrupted');
    }
    await bench.train();
    await uninterrupted.train();
    assert.deepEqual(deterministic(bench), deterministic(uninterrupted));
    const files = await uninterrupted.files('samples');
    assert.deepEqual(await bench.files('samples'), files);
    for (const name of files) {
      const [found, expected] = await Promise.all(
        [bench, uninterrupted].map(({ dir }) => readFile(join(dir, 'samples', name))),
      );
      assert.ok(found!.equals(expected!), name);
    }
  });
});

for (const mode of ['graph', 'eager'] as const) {
  describe(`a training that diverges in ${mode} mode`, () => {
    test('reports the loss that is not finite, and stops with the step and what to do', async (t) => {
      const bench = new Workbench(t, mode, { epochs: 2 }, 1e38);
      const { code, message, cure } = await problemOf(bench.train());
      assert.equal(code, 'diverged');
      const last = bench.eventsOf('metric').filter(({ value }) => !Number.isFinite(value));
      assert.ok(last.length > 0, 'the value is reported');
      const step = last[0]!.step;
      assert.match(message, new RegExp(`the loss \\S+ became (NaN|Infinity) at step ${step}, in epoch 1\\.`));
      assert.match(message, /There is no earlier checkpoint/);
      assert.match(cure!, /lower optimizer\.learning_rate \(now 1e\+38\), lower loss\.lambda \(now 10\), or try another seed/); // prettier-ignore
      assert.deepEqual(await bench.files('checkpoints'), []);
    });

    test('names the newest checkpoint and keeps it, also when the command is repeated', async (t) => {
      const bench = new Workbench(t, mode, { epochs: 3 });
      const change = (trainer: Trainer) => overriding(trainer, 'step', (batch, step, rate) => trainer.step(batch, step, step === 5 ? NaN : rate)); // prettier-ignore
      for (let attempt = 0; attempt < 2; attempt++) {
        const { message } = await problemOf(bench.train({ change }));
        assert.match(
          message,
          /became NaN at step 7, in epoch 2\. The newest checkpoint, \S+checkpoints\/step-00000004, is/,
        );
        assert.deepEqual(await bench.files('checkpoints'), ['step-00000004']);
      }
    });

    test('does not save weights that are not finite', async (t) => {
      const bench = new Workbench(t, mode, { epochs: 2 });
      // The losses of the last step are finite: they are those of the weights before it.
      const last = 2 * STEPS_PER_EPOCH - 1;
      const change = (trainer: Trainer) => overriding(trainer, 'step', (batch, step, rate) => trainer.step(batch, step, step === last ? NaN : rate)); // prettier-ignore
      const { code, message } = await problemOf(bench.train({ change }));
      assert.equal(code, 'diverged');
      assert.match(message, /weights are not finite after step 8.*checkpoints\/step-00000004/);
      assert.deepEqual(await bench.files('checkpoints'), ['step-00000004']);
    });
  });
}

/** Everything that is a function of the config; repeated steps count once. */
function deterministic({ events }: Workbench): unknown[] {
  const reported = new Map<string, unknown>();
  for (const event of events) {
    if (event.kind === 'metric' && event.name.startsWith('loss/'))
      reported.set(`${event.name} ${event.step}`, event.value);
    if (event.kind === 'metric' && event.name === 'learning-rate')
      reported.set(`${event.name} ${event.step}`, event.value);
    if (event.kind === 'histogram') reported.set(`${event.name} ${event.step}`, event.histogram);
    if (event.kind === 'image') reported.set(`${event.name} ${event.step}`, event.file.split('/').at(-1));
  }
  return [...reported];
}

const generatorRate = (rate: LearningRate) => (typeof rate === 'number' ? rate : rate.generator);

function overriding<K extends keyof Trainer>(trainer: Trainer, name: K, f: Trainer[K]): Trainer {
  return new Proxy(trainer, {
    get(target, key) {
      if (key === name) return f;
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
