import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import type { Metric, MetricAccumulator, MetricSite } from '../../src/registry/kinds/metric.js';
import type { StageResult } from '../../src/registry/kinds/stage.js';
import { loadPlugins } from '../../src/registry/plugins.js';
import { optionsHash } from '../../src/evaluation/metric-options.js';
import { evaluate } from '../../src/stages/evaluate.js';
import { makeMetric } from '../../src/evaluation/make-metric.js';
import { measurable } from '../../src/evaluation/measured.js';
import { notMeasuredLines, metricTable } from '../../src/stages/evaluation-lines.js';
import { temporary } from '../export/rig.js';
import { COUNTS, evaluation, F, G, pixels, STEP, type Evaluation } from './rig.js';

before(() => loadTensorFlow());

/** A metric that holds a tensor until `dispose`. */
function metric(changes: Partial<Metric> & { readonly accumulator?: Partial<MetricAccumulator> } = {}): Metric {
  const { accumulator, ...traits } = changes;
  return {
    better: 'lower',
    needs: {},
    start() {
      const kept = tf.scalar(1);
      return {
        add: () => undefined,
        result: () => ({ value: 1, count: 2 }),
        dispose: () => kept.dispose(),
        ...accumulator,
      };
    },
    ...traits,
  };
}

async function withMetrics(
  prepared: Promise<Evaluation>,
  metrics: Readonly<Record<string, Metric>>,
): Promise<Evaluation> {
  const { context, ...rest } = await prepared;
  for (const [name, own] of Object.entries(metrics)) {
    const component = { summary: 'of a test', schema: { properties: {} }, create: () => own };
    context.components.metric.add(name, component);
  }
  return { ...rest, context };
}

const run = ({ context }: Evaluation): Promise<StageResult> => evaluate.create({} as never).run(context);

async function measured(prepared: Evaluation): Promise<Record<string, Record<string, Record<string, unknown>>>> {
  const result = await run(prepared);
  assert.ok(result.status === 'done');
  return result.outputs['metrics'] as never;
}

describe('a metric with several values', () => {
  const pair = metric({
    parts: ['precision', 'recall'],
    needs: { truth: true },
    unit: '%',
    start() {
      let changed = 0;
      return {
        add: ({ translated, source }) => void (changed = translated === source ? 0 : 10),
        result: () => ({
          precision: { value: 80 + changed, count: 3, interval: [70, 99] },
          recall: { value: 50 + changed, count: 2 },
        }),
        dispose: () => undefined,
      };
    },
  });

  test('has each value under its own name and the part’s, with its count, its interval and the unchanged input’s value', async (t) => {
    const prepared = await withMetrics(evaluation(t, 'eager', { metrics: ['pr'], samples: 0 }), { pr: pair });
    const { AtoB } = await measured(prepared);
    const traits = { unit: '%', better: 'lower', options: optionsHash(prepared.context.components, 'pr') };
    assert.deepEqual(JSON.parse(JSON.stringify(AtoB)), {
      'pr/precision': { value: 90, unchanged: 80, ...traits, count: 3, interval: [70, 99] },
      'pr/recall': { value: 60, unchanged: 50, ...traits, count: 2 },
    });
    const curves = prepared.events.flatMap((event) =>
      event.kind === 'metric' ? [`${event.name} ${event.value}`] : [],
    );
    assert.deepEqual(curves.slice(0, 2), ['evaluate/AtoB/pr/precision 90', 'evaluate/AtoB/pr/recall 60']);
  });

  test('throws a bug’s error if a part is missing', async (t) => {
    const less = metric({ parts: ['a', 'b'], accumulator: { result: () => ({ a: { value: 1, count: 1 } }) } });
    const prepared = await withMetrics(evaluation(t, 'eager', { metrics: ['less'] }), { less });
    await assert.rejects(run(prepared), /The metric "less" gives no value "b"/);
  });
});

describe('a metric that needs the targets', () => {
  test('receives the real test images of the other domain on each request, and leaves none behind', async (t) => {
    const seen: Record<string, number[][]> = {};
    const start = async (site: MetricSite) => {
      for (let time = 0; time < 2; time++) {
        const means: number[] = [];
        for await (const image of site.targets()) means.push((await tf.tidy(() => tf.mean(image)).data())[0]!);
        assert.equal(means.length, site.targetCount);
        (seen[site.direction] ??= []).push(means);
      }
      return { add: () => undefined, result: () => ({ value: 0, count: 0 }), dispose: () => undefined };
    };
    const own = metric({ needs: { targets: true }, start });
    const prepared = await withMetrics(evaluation(t, 'eager', { metrics: ['own'], samples: 0 }), { own });
    const tensors = tf.memory().numTensors;
    const { AtoB } = await measured(prepared);
    // The test's own means, one for each image and request.
    const images = Object.values(seen).flat().flat().length;
    assert.equal(tf.memory().numTensors - tensors, images);
    for (const [direction, domain] of [
      ['AtoB', 'B'],
      ['BtoA', 'A'],
    ] as const) {
      const expected = Array.from({ length: COUNTS[domain] }, (_, i) => {
        const bytes = pixels('test', domain, i);
        return bytes.reduce((sum, byte) => sum + byte / 127.5 - 1, 0) / bytes.length;
      });
      // Started for the translation, the unchanged source and other real images; each start requests the targets twice.
      assert.equal(seen[direction]!.length, 6);
      for (const means of seen[direction]!) means.forEach((mean, i) => assert.ok(Math.abs(mean - expected[i]!) < 1e-5));
    }
    assert.equal(AtoB!['own']!['unchanged'], 0);
  });

  test('has the current image disposed of when it stops early, and receives none without declaring the need', async (t) => {
    const prepared = await withMetrics(evaluation(t, 'eager', { metrics: ['early'], samples: 0 }), {
      early: metric({
        needs: { targets: true },
        async start(site) {
          for await (const image of site.targets()) {
            assert.ok(!image.isDisposed);
            break;
          }
          return { add: () => undefined, result: () => ({ value: 0, count: 0 }), dispose: () => undefined };
        },
      }),
      undeclared: metric({ start: (site) => void site.targets() as never }),
    });
    const tensors = tf.memory().numTensors;
    await run(prepared);
    assert.equal(tf.memory().numTensors, tensors);
    const other = {
      ...prepared.context,
      config: { ...prepared.context.config, evaluate: { samples: 0, metrics: ['undeclared'] } },
    };
    await assert.rejects(evaluate.create({} as never).run(other), /"undeclared" asks for the targets and does not say/);
  });
});

describe('a metric whose needs are not met', () => {
  const needing = {
    truths: metric({ needs: { truth: true } }),
    back: metric({ needs: { reconstructed: true } }),
    same: metric({ needs: { identity: true } }),
    reals: metric({ needs: { targets: true } }),
    'more-truths': metric({ needs: { truth: true } }),
    'two-translations': metric({ needs: { images: 2 } }),
    nothing: metric(),
  };

  test('is listed with its reason, and the others are measured', async (t) => {
    const metrics = Object.keys(needing);
    const { context } = await withMetrics(evaluation(t, 'eager', { metrics }), needing);
    const source = tf.zeros<tf.Rank.R4>([1, 16, 16, 3]);
    const named = metrics.map((name) => makeMetric(context.components, name));
    const { measured, notMeasured } = measurable(named, { source, translated: source }, { count: 1, targetCount: 0 });
    assert.deepEqual(
      measured.map(({ name }) => name),
      ['nothing'],
    );
    source.dispose();
    assert.deepEqual(notMeasuredLines([...notMeasured, ...notMeasured]), [
      {
        label: 'not measured',
        text: 'truths, more-truths (needs the true translations, which this data set does not know)',
      },
      {
        label: 'not measured',
        text: 'back (needs translations that are translated back, which this method does not make)',
      },
      {
        label: 'not measured',
        text: 'same (needs images through the generator into their own domain, which this method does not make)',
      },
      {
        label: 'not measured',
        text: 'reals (needs test images of the domain that is translated to, and there are none)',
      },
      { label: 'not measured', text: 'two-translations (needs at least 2 test images of each domain)' },
    ]);
  });

  test('needs as many targets as translations only if it compares with them', async (t) => {
    const metrics = { both: metric({ needs: { targets: true, images: 4 } }), own: metric({ needs: { images: 4 } }) };
    const { context } = await withMetrics(evaluation(t, 'eager', { metrics: Object.keys(metrics) }), metrics);
    const named = Object.keys(metrics).map((name) => makeMetric(context.components, name));
    const source = tf.zeros<tf.Rank.R4>([1, 16, 16, 3]);
    const { notMeasured } = measurable(named, { source, translated: source }, { count: 9, targetCount: 3 });
    source.dispose();
    assert.deepEqual(notMeasured, [{ name: 'both', lacks: 'images', images: 4 }]);
  });

  test('leaves a gap in the table where the other direction has a value', () => {
    const value = (number: number) => ({ value: number, better: 'lower', count: 1 }) as const;
    assert.deepEqual(metricTable({ AtoB: { a: value(1), b: value(2) }, BtoA: { a: value(3) } }), [
      { label: 'a', text: 'AtoB 1   BtoA 3   lower is better' },
      { label: 'b', text: 'AtoB 2      lower is better' },
    ]);
    assert.deepEqual(metricTable({ AtoB: { a: value(1) } }), [{ label: 'a', text: 'AtoB 1   lower is better' }]);
  });
});

describe('metrics are disposed of', () => {
  const fail = () => {
    throw new Error('failed');
  };
  for (const [when, failing] of [
    ['a later one fails to start', metric({ start: fail })],
    ['one fails to start for the unchanged source', startsOnce()],
    ['one fails in a batch', metric({ accumulator: { add: fail, dispose: () => undefined } })],
    [
      'one fails in its result',
      metric({ accumulator: { result: () => Promise.reject(new Error('failed')), dispose: () => undefined } }),
    ],
  ] as const) {
    test(`when ${when}`, async (t) => {
      const metrics = ['first', 'failing', 'psnr'];
      const prepared = await withMetrics(evaluation(t, 'eager', { metrics, samples: 0 }), {
        first: metric({ needs: { truth: true } }),
        failing,
      });
      const tensors = tf.memory().numTensors;
      await assert.rejects(run(prepared), /failed/);
      assert.equal(tf.memory().numTensors - tensors, when.includes('batch') || when.includes('result') ? 1 : 0);
    });
  }

  test('when the user stops between two images, or a metric checks the signal', async (t) => {
    for (const checksSignal of [false, true]) {
      const prepared = await withMetrics(evaluation(t, 'eager', { metrics: ['own'], samples: 0 }), {
        own: metric({
          needs: { truth: true },
          start(site) {
            const kept = tf.scalar(1);
            const add = () => {
              prepared.stop.abort();
              if (checksSignal) site.signal.throwIfAborted();
            };
            return { add, result: () => ({ value: 1, count: 1 }), dispose: () => kept.dispose() };
          },
        }),
      });
      const tensors = tf.memory().numTensors;
      assert.deepEqual(await run(prepared), { status: 'interrupted' });
      assert.equal(tf.memory().numTensors, tensors);
    }
  });

  /** Its first accumulator must be disposed of when the second fails to start. */
  function startsOnce(): Metric {
    let kept: tf.Scalar | undefined;
    const start = (): MetricAccumulator => {
      if (kept !== undefined) return fail();
      const own = (kept = tf.scalar(1));
      return { add: () => undefined, result: () => ({ value: 1, count: 1 }), dispose: () => own.dispose() };
    };
    return metric({ needs: { truth: true }, start });
  }
});

test('a metric has the name of its reference in metrics.json and in curves, and its own options', async (t) => {
  const fine = { type: 'ssim', name: 'ssim-fine', window: 3, sigma: 0.5 };
  const prepared = await evaluation(t, 'eager', { metrics: ['ssim', fine], samples: 0 });
  const { AtoB, BtoA } = await measured(prepared);
  for (const values of [AtoB!, BtoA!]) {
    assert.deepEqual(Object.keys(values), ['ssim', 'ssim-fine']);
    assert.notEqual(values['ssim']!['value'], values['ssim-fine']!['value']);
  }
  const names = prepared.events.flatMap((event) => (event.kind === 'metric' ? [`${event.name}@${event.step}`] : []));
  assert.ok(names.includes(`evaluate/BtoA/ssim-fine@${STEP}`), String(names));
});

test('a plugin’s metric of the former interface is refused with what to do', async (t) => {
  const prepared = await withMetrics(evaluation(t, 'eager', { metrics: ['old'] }), {
    old: { better: 'lower', needsTruth: false, start: () => ({ add() {}, result: () => 1 }) } as never,
  });
  await assert.rejects(run(prepared), /The metric "old" has no `needs` or no `start`\./);
});

test('the example metric of docs/config.md measures what the docs describe', async (t) => {
  const docs = await readFile('docs/config.md', 'utf8');
  const code = /```js\n(\/\/ colour-shift\.mjs\n[^]*?)```/.exec(docs)![1]!;
  const dir = join(temporary(t), 'plugins');
  await mkdir(dir);
  const file = join(dir, 'colour-shift.mjs');
  await writeFile(file, code);
  const metrics = ['colour-shift', { type: 'colour-shift', name: 'red-shift', channels: [0] }];
  const prepared = await evaluation(t, 'eager', { metrics, samples: 0 });
  await loadPlugins([file], prepared.context.components);
  const tensors = tf.memory().numTensors;
  const { AtoB, BtoA } = await measured(prepared);
  assert.equal(tf.memory().numTensors, tensors);
  const mean = (domain: 'A' | 'B', channel: number, change: (value: number) => number) => {
    const all = Array.from({ length: COUNTS[domain] }, (_, i) => [...pixels('test', domain, i)]).flat();
    const values = all.filter((_, i) => i % 3 === channel).map((byte) => change(byte / 127.5 - 1));
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const same = (value: number) => value;
  const off = (channel: number, change: (value: number) => number) =>
    mean('A', channel, change) - mean('B', channel, same);
  const near = (found: unknown, expected: number) =>
    assert.ok(Math.abs((found as number) - expected) < 1e-5, `${String(found)} ${expected}`);
  near(AtoB!['colour-shift']!['value'], Math.hypot(off(0, G), off(1, G), off(2, G)));
  near(AtoB!['colour-shift']!['unchanged'], Math.hypot(off(0, same), off(1, same), off(2, same)));
  near(AtoB!['red-shift']!['value'], Math.abs(off(0, G)));
  near(BtoA!['red-shift']!['value'], Math.abs(mean('B', 0, F) - mean('A', 0, same)));
  assert.equal(AtoB!['red-shift']!['count'], COUNTS.A);
});
