import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { builtins } from '../../src/app/builtins.js';
import type { Reference } from '../../src/registry/config.js';
import type { MetricNeeds, MetricSite, MetricValue, TranslatedBatch } from '../../src/registry/kinds/metric.js';
import { make } from '../../src/registry/make.js';
import { makeMetric } from '../../src/evaluation/make-metric.js';
import { peakSignalToNoise } from '../../src/evaluation/psnr.js';
import { ssim, structuralSimilarity } from '../../src/evaluation/ssim.js';
import { plainL1, plainPsnr, plainSsim, type PlainImage } from './plain.js';

before(() => loadTensorFlow());

const flat = (value: number, size = 16) => tf.fill<tf.Rank.R4>([1, size, size, 3], value);

/** An image with structure, of any contrast; the formula of test/services/python/metrics.py. */
function waves(phase: number, { width = 17, height = 14, middle = 0.5, contrast = 0.5 } = {}): PlainImage {
  const data = Array.from({ length: width * height * 3 }, (_, i) =>
    Math.fround(middle + contrast * Math.sin(0.37 * i + phase)),
  );
  return { width, height, channels: 3, data };
}

const tensorOf = ({ width, height, channels, data }: PlainImage) =>
  tf.tensor4d(Float32Array.from(data), [1, height, width, channels]);
const near = (found: number, expected: number, bound: number) =>
  assert.ok(Math.abs(found - expected) < bound, `${found}, expected ${expected}`);

describe('PSNR', () => {
  test('is 20 dB for an error of a tenth of the range', () => {
    near(peakSignalToNoise(flat(0.5), flat(0.6)).dataSync()[0]!, 20, 1e-4);
  });

  test('is that of the mean squared error over all pixels and channels', () => {
    const [a, b] = [waves(0), waves(0.7)];
    near(peakSignalToNoise(tensorOf(a), tensorOf(b)).dataSync()[0]!, plainPsnr(a, b), 1e-4);
  });

  test('is infinite for equal images', () => {
    assert.equal(peakSignalToNoise(flat(0.5), flat(0.5)).dataSync()[0], Infinity);
  });
});

describe('SSIM', () => {
  test('is 1 for equal images', () => {
    near(structuralSimilarity(tensorOf(waves(0)), tensorOf(waves(0))).dataSync()[0]!, 1, 1e-6);
  });

  test('of flat images is its luminance term', () => {
    // Wang et al. 2004, equation 6, with no variance anywhere: (2ab + C1) / (a² + b² + C1); in float32 the variance is 0 to 1e-7 only.
    const expected = (2 * 0.2 * 0.6 + 1e-4) / (0.2 ** 2 + 0.6 ** 2 + 1e-4);
    near(structuralSimilarity(flat(0.2), flat(0.6)).dataSync()[0]!, expected, 1e-3);
  });

  // C1 matters in dark images, C2 at low contrast, and the window at high contrast.
  for (const [kind, appearance] of Object.entries({
    'of high contrast': {},
    'of low contrast': { contrast: 0.02 },
    'that are dark': { middle: 0.01, contrast: 0.01 },
    'of the size of the window': { width: 11, height: 11 },
  })) {
    test(`of images ${kind} is the value of the paper's formula, window by window`, () => {
      const [a, b] = [waves(0, appearance), waves(1.1, appearance)];
      near(structuralSimilarity(tensorOf(a), tensorOf(b)).dataSync()[0]!, plainSsim(a, b), 1e-4);
    });
  }

  for (const options of [
    { window: 7, sigma: 1.5 },
    { window: 11, sigma: 0.6 },
    { window: 3, sigma: 4 },
  ]) {
    test(`with a window of ${options.window} pixels and sigma ${options.sigma} is the value of the formula`, () => {
      const [a, b] = [waves(0), waves(1.1)];
      const found = structuralSimilarity(tensorOf(a), tensorOf(b), options).dataSync()[0]!;
      near(found, plainSsim(a, b, options.window, options.sigma), 1e-4);
      assert.ok(Math.abs(found - plainSsim(a, b)) > 1e-3, 'the paper’s window gives another value');
    });
  }

  test('uses the options of a config', async () => {
    const images = { source: flat(0), translated: tensorOf(waves(0)), truth: tensorOf(waves(1.1)) };
    const ssimOf = async (reference: Reference) => (await measured(reference, [images])).value;
    assert.equal(await ssimOf('ssim'), await ssimOf({ type: 'ssim', window: 11, sigma: 1.5 }));
    assert.notEqual(await ssimOf('ssim'), await ssimOf({ type: 'ssim', window: 7 }));
    assert.notEqual(await ssimOf('ssim'), await ssimOf({ type: 'ssim', sigma: 2 }));
  });

  test('refuses images smaller than its window, in either direction', () => {
    for (const small of [{ width: 10 }, { height: 10 }]) {
      const image = tensorOf(waves(0, small));
      assert.throws(() => structuralSimilarity(image, image), /11x11/);
    }
  });

  test('is refused by the config’s validation if the images are smaller than its window', () => {
    const problems = (imageSize: number, window = 11) =>
      ssim.check!({ window, sigma: 1.5 }, { imageSize, epochs: 1, pairing: 'unpaired' });
    assert.deepEqual(problems(11), []);
    assert.deepEqual(problems(7, 7), []);
    assert.deepEqual(
      problems(7, 9).map(({ path }) => path),
      [['window']],
    );
    const [problem, ...others] = problems(10);
    assert.match(problem!.message, /11x11 pixels, and dataset.image_size is 10\./);
    assert.deepEqual(others, []);
  });
});

/** The expected value of each metric for an image in [-1, 1], and its properties. A new metric needs an entry. */
const METRICS: Record<
  string,
  {
    better: string;
    unit?: string;
    needs: MetricNeeds;
    of: (image: Record<ImagePart, PlainImage>) => number;
  }
> = {
  'cycle-error': {
    better: 'lower',
    needs: { reconstructed: true },
    of: ({ source, reconstructed }) => plainL1(source.data, reconstructed.data),
  },
  'identity-error': {
    better: 'lower',
    needs: { identity: true },
    of: ({ source, identity }) => plainL1(source.data, identity.data),
  },
  psnr: {
    better: 'higher',
    unit: 'dB',
    needs: { truth: true },
    of: ({ translated, truth }) => plainPsnr(unit(translated), unit(truth)),
  },
  ssim: {
    better: 'higher',
    needs: { truth: true },
    of: ({ translated, truth }) => plainSsim(unit(translated), unit(truth)),
  },
};

/** Metrics of whole sets of images, which have tests of their own in metrics/, and their names. */
const SETS: Record<string, string> = {
  'kernel-distance': 'kd-efficientnet-lite0',
  'frechet-distance': 'fd-efficientnet-lite0',
  'class-rate': 'class-rate-efficientnet-lite0',
  'sliced-wasserstein': 'sliced-wasserstein',
  'precision-recall': 'pr-efficientnet-lite0',
  'nearest-neighbours': 'nn-efficientnet-lite0',
  diversity: 'diversity-efficientnet-lite0',
  inversion: 'inversion',
  'discriminator-accuracy': 'discriminator-accuracy',
};

const unit = ({ data, ...shape }: PlainImage): PlainImage => ({
  ...shape,
  data: Array.from(data, (value) => (value + 1) / 2),
});

/** The parts of a batch that are images. */
type ImagePart = 'source' | 'translated' | 'reconstructed' | 'identity' | 'truth';

describe('every registered metric', () => {
  /** Five images that differ from each other, and from those of another seed. */
  const images = (seed: number) => {
    const appearance = { middle: 0.1, contrast: 0.2 + seed / 10 };
    return {
      source: waves(seed, appearance),
      translated: waves(seed + 0.2, appearance),
      reconstructed: waves(seed + 0.5, appearance),
      identity: waves(seed + 0.9, appearance),
      truth: waves(seed + 1.4, appearance),
    };
  };
  const tensorsOf = (plain: ReturnType<typeof images>): Required<Pick<TranslatedBatch, ImagePart>> => ({
    source: tensorOf(plain.source),
    translated: tensorOf(plain.translated),
    reconstructed: tensorOf(plain.reconstructed),
    identity: tensorOf(plain.identity),
    truth: tensorOf(plain.truth),
  });

  test('has an entry here', () => {
    const all = [...Object.keys(METRICS), ...Object.keys(SETS)];
    assert.deepEqual([...builtins().metric].map(([name]) => name).sort(), all.sort());
  });

  for (const [type, name] of Object.entries(SETS)) {
    test(`such as ${type}, which compares sets, has its protocol in its name`, () => {
      const reference = { type, ...(type === 'class-rate' && { class: 340 }) };
      assert.equal(makeMetric(builtins(), reference).name, name);
    });
  }

  for (const [name, { of, ...traits }] of Object.entries(METRICS)) {
    test(`such as ${name} declares its needs, its unit, and which way is better`, () => {
      const { better, unit, needs } = make(builtins().metric, name, undefined);
      assert.deepEqual({ better, unit, needs }, { unit: undefined, ...traits });
    });

    test(`such as ${name} is the mean of its formula over images, in batches of any size, and leaves no tensors`, async () => {
      const [first, second] = [tensorsOf(images(0)), tensorsOf(images(3))];
      const both = Object.fromEntries(
        Object.entries(first).map(([part, image]) => [part, tf.concat([image, second[part as ImagePart]])]),
      ) as unknown as TranslatedBatch;
      const tensors = tf.memory().numTensors;
      const [one, two, batch] = [
        await measured(name, [first]),
        await measured(name, [first, second]),
        await measured(name, [both]),
      ];
      assert.equal(tf.memory().numTensors, tensors);
      const [a, b] = [of(images(0)), of(images(3))];
      assert.ok(Math.abs(a - b) > 0.01, 'the two images measure differently');
      near(one.value, a, 1e-4);
      near(two.value, (a + b) / 2, 1e-4);
      assert.equal(batch.value, two.value);
      assert.deepEqual([one.count, two.count, batch.count], [1, 2, 2]);
    });

    const [part] = Object.keys(traits.needs) as [ImagePart];
    test(`such as ${name} throws a bug's error for a batch without its ${part}`, async () => {
      const { [part]: missing, ...rest } = tensorsOf(images(0));
      missing.dispose();
      await assert.rejects(measured(name, [rest as unknown as TranslatedBatch]), new RegExp(`needs "${part}"`));
    });
  }
});

const SITE: MetricSite = {
  direction: 'AtoB',
  imageSize: 16,
  count: 2,
  targetCount: 0,
  targets: () => assert.fail('no built-in metric needs targets'),
  signal: new AbortController().signal,
};

/** The value of a metric over some batches. */
async function measured(reference: Reference, batches: readonly TranslatedBatch[]): Promise<MetricValue> {
  const accumulator = await makeMetric(builtins(), reference).metric.start(SITE);
  try {
    for (const batch of batches) await accumulator.add(batch);
    return (await accumulator.result()) as MetricValue;
  } finally {
    accumulator.dispose();
  }
}
