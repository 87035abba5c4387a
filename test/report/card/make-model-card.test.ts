import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import type { CardFacts, CardFormat } from '../../../src/report/card/card-facts.js';
import { makeModelCard } from '../../../src/report/card/make-model-card.js';
import type { JsonObject } from '../../../src/support/json.js';
import { exported, facts, value } from './facts.js';

function frontMatter(changes: Partial<CardFacts> = {}): JsonObject {
  const [, yaml] = /^---\n([^]*?)\n---\n/.exec(makeModelCard(facts(changes)))!;
  return parse(yaml!) as JsonObject;
}

const card = (changes: Partial<CardFacts> = {}) => makeModelCard(facts(changes));

describe('the front matter of a model card', () => {
  test('says what the model is for, with what it runs, and what it was made of', () => {
    const { license, library_name, pipeline_tag, tags, datasets } = frontMatter();
    assert.deepEqual([license, library_name, pipeline_tag], ['unknown', 'tensorflow', 'image-to-image']);
    assert.deepEqual(datasets, ['horses']);
    assert.deepEqual(tags, ['image-to-image', 'image-translation', 'gan', 'cyclegan', 'resnet', 'saved-model', 'arxiv:1703.10593']); // prettier-ignore
  });

  test('has the license that was given, and the library of the formats', () => {
    const { license, library_name } = frontMatter({
      license: 'cc-by-nc-4.0',
      exports: [exported({ format: 'weights' }), exported({ format: 'tfjs' })],
    });
    assert.deepEqual([license, library_name], ['cc-by-nc-4.0', 'tfjs']);
  });

  test('has the metrics of its own direction, without those that only find faults', () => {
    const [index] = frontMatter()['model-index'] as [{ name: string; results: JsonObject[] }];
    assert.equal(index.name, 'horse2zebra: A to B');
    assert.deepEqual(index.results, [
      {
        task: { type: 'image-to-image', name: 'Image-to-image translation' },
        dataset: { name: 'horses', type: 'horses', split: 'test' },
        metrics: [{ type: 'kd-toy', name: 'kd-toy', value: 0.021, verified: false }],
      },
    ]);
  });

  test('has no metrics where nothing was measured, or not a number', () => {
    assert.equal('model-index' in frontMatter({ measured: null }), false);
    const diverged = { name: 'last', step: 1, epoch: 1, metrics: { AtoB: { psnr: value({ value: NaN }) } } };
    assert.equal('model-index' in frontMatter({ measured: diverged }), false);
  });
});

describe('a model card', () => {
  test('shows how to use each format that was exported, and no other', () => {
    const titles: Readonly<Record<CardFormat, RegExp>> = {
      'saved-model': /Python, TensorFlow\*\*[^]*TensorFlow Serving/,
      tfjs: /In a browser/,
      onnx: /Python, onnxruntime/,
      weights: /openTranslator/,
    };
    const formats = Object.keys(titles) as CardFormat[];
    for (const format of formats) {
      const text = card({ exports: [exported({ format })] });
      for (const other of formats) assert.equal(titles[other].test(text), other === format, `${other} in ${format}`);
    }
  });

  test('names the folder that a format was given', () => {
    assert.match(card({ exports: [exported({ format: 'tfjs', folder: 'small' })] }), /'small\/model\.json'/);
  });

  test('has the values with their intervals, and beside them those of the input and of real images, with the counts', () => {
    assert.match(card(), /\| kd-toy ↓ \| 0\.0210 \| 0\.0180 to 0\.0250 \| 0\.0610 \| 0\.0040 \| 61 \| 70 real \|/);
    assert.match(card(), /\| inversion \(finds faults only\) \| 0\.9/);
    assert.match(card(), /- `kd-toy`: Distance of two sets of images\. It has more to say\.\n/);
    assert.match(card(), /Of the exported checkpoint \(epoch 19\)/);
  });

  test('says so where the checkpoint was not measured', () => {
    assert.match(card({ measured: null }), /## Evaluation\n\nNot measured\./);
  });

  test('does not say where the images lie', () => {
    assert.doesNotMatch(card(), /somebody/);
    assert.match(card(), /blocks: 6/);
  });

  test('says which sizes it takes, what its kernels lose, and what it cannot do', () => {
    assert.match(card(), /multiples of 4, from 8 on/);
    assert.doesNotMatch(card({ exports: [exported({ anySize: null })] }), /multiples/);
    const quality = { images: 4, largest: 3, mean: 0.32 };
    assert.match(card({ exports: [exported({ precision: 'uint8', quality })] }), /\| uint8 \| 0\.3200 on average, 3 at most, on 4 drawn images \|/); // prettier-ignore
    assert.match(card(), /`image_bytes` decodes with TensorFlow: EXIF/);
    assert.doesNotMatch(card({ exports: [exported({ format: 'onnx' })] }), /EXIF orientation/);
    assert.match(card(), /No license was given/);
    assert.doesNotMatch(card({ license: 'mit' }), /No license was given/);
  });

  test('is that of the other direction where it is', () => {
    const text = card({ direction: 'BtoA' });
    assert.match(text, /# horse2zebra: B to A\n\nA generator that translates images of domain B to domain A/);
    assert.match(text, /\| kd-toy ↓ \| 0\.5/);
  });

  test('of a method or config that is not known has no paper', () => {
    const text = card({ config: { method: { type: 'mine' } } });
    assert.match(text, /trained with mine on unpaired images/);
    assert.doesNotMatch(text, /arxiv/);
  });
});

test('a model card of an imported generator says where it is from, and nothing of a training that was not here', () => {
  const text = card({ imported: { file: 'latest_net_G_A.pth', title: 'ResNet, 9 blocks' }, step: 0, measured: null });
  assert.match(text, /imported from `latest_net_G_A\.pth` \(ResNet, 9 blocks\) by cyclegan-runner/);
  assert.match(text, /It was trained elsewhere/);
  for (const wrong of [/seed: 1/, /horses/, /learned from the images above/, /trained on 64/, /arxiv/i, /The config/]) {
    assert.doesNotMatch(text, wrong);
  }
  assert.match(card({ imported: {} }), /imported from a checkpoint/);
});
