import type { CardExport, CardFacts } from '../../../src/report/card/card-facts.js';
import type { ReportValue } from '../../../src/report/run/run-report.js';

export function value(changes: Partial<ReportValue>): ReportValue {
  const none = { better: null, unit: null, count: 20, interval: null, unchanged: null, real: null, alarm: null };
  return { value: 0, ...none, ...changes };
}

export function exported(changes: Partial<CardExport> = {}): CardExport {
  return {
    folder: changes.format ?? 'saved-model',
    format: 'saved-model',
    bytes: 31_400_000,
    imageSize: 64,
    interpolation: 'bicubic',
    anySize: { multipleOf: 4, least: 8 },
    size: 64,
    precision: 'float32',
    quality: null,
    ...changes,
  };
}

/** What a card says of a run, as a test wants it. */
export function facts(changes: Partial<CardFacts> = {}): CardFacts {
  return {
    run: 'horse2zebra-1234abcd',
    direction: 'AtoB',
    license: null,
    config: {
      name: 'horse2zebra',
      seed: 1,
      dataset: { type: 'folder', path: '/home/somebody/data/horses', image_size: 64, load_size: 72, interpolation: 'bicubic', flip: true }, // prettier-ignore
      method: { type: 'cyclegan', pool: 50 },
      generator: { type: 'resnet', blocks: 6, norm: 'instance', width: 64 },
      train: { epochs: 20, keep: 5 },
    },
    imported: null,
    step: 24035,
    measured: {
      name: 'best',
      step: 24035,
      epoch: 19,
      metrics: {
        AtoB: {
          'kd-toy': value({ value: 0.021, better: 'lower', interval: [0.018, 0.025], unchanged: 0.061, real: 0.004, count: 61, referenceCount: 70 }), // prettier-ignore
          inversion: value({ value: 0.9, diagnostic: true }),
        },
        BtoA: { 'kd-toy': value({ value: 0.5, better: 'lower' }) },
      },
    },
    descriptions: { 'evaluate/AtoB/kd-toy': 'Distance of two sets of images. It has more to say.' },
    data: null,
    version: '0.1.0',
    exports: [exported()],
    ...changes,
  };
}
