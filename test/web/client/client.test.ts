import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fastest, levelsApart, measureBackends, MOST_LEVELS } from '../../../src/web/client/choose-backend.js';
import { failureOf } from '../../../src/web/client/failure-of.js';
import { DemoError } from '../../../src/web/client/outcome.js';
import {
  estimateText,
  failureText,
  fileName,
  timeText,
  translatedText,
  whyText,
} from '../../../src/web/client/texts.js';

describe('the choice of what computes', () => {
  test('is the fastest, whatever is tried first', async () => {
    const times = { webgpu: 30, webgl: 20, wasm: 50 };
    const measured = await measureBackends((backend) =>
      Promise.resolve({ milliseconds: times[backend], difference: 0 }),
    );
    assert.equal(fastest(measured), 'webgl');
  });

  test('is none that computes too coarsely, or gives no number', async () => {
    const differences = { webgpu: MOST_LEVELS + 1, webgl: NaN, wasm: MOST_LEVELS };
    const times = { webgpu: 1, webgl: 2, wasm: 300 };
    const measured = await measureBackends((backend) =>
      Promise.resolve({ milliseconds: times[backend], difference: differences[backend] }),
    );
    assert.equal(fastest(measured), 'wasm');
    assert.match(measured[0]!.refusal!, /off by 4 of 256 levels/);
  });

  test('is none that is not there or does not answer, and there may be none', async () => {
    const measured = await measureBackends((backend) => {
      if (backend === 'webgpu') return Promise.reject(new Error('this browser has none'));
      return new Promise(() => undefined);
    }, 1);
    assert.equal(fastest(measured), undefined);
    assert.deepEqual(
      measured.map(({ refusal }) => refusal),
      ['this browser has none', 'it does not answer', 'it does not answer'],
    );
  });

  test('rests on the largest difference of a pixel, and images of other sizes differ without bound', () => {
    assert.equal(levelsApart([1, 9, 3], [1, 4, 5]), 5);
    assert.equal(levelsApart([1, 2], [1]), Infinity);
  });
});

describe('a failure', () => {
  test('is of memory, where a library says so in its way', () => {
    for (const message of [
      'memory access out of bounds',
      'Unable to create WebGLTexture.',
      'Device was lost',
      'Requested texture size [9x9] is too large',
    ]) {
      assert.equal(failureOf(new Error(message)).kind, 'memory', message);
    }
    assert.equal(failureOf(new RangeError('Array buffer allocation failed')).kind, 'memory');
    assert.equal(failureOf(new TypeError('x is undefined')).kind, 'unknown');
  });

  test('that is expected keeps its kind, and is explained', () => {
    assert.deepEqual(failureOf(new DemoError('missing', 'a.bin')), { kind: 'missing', detail: 'a.bin' });
    assert.match(failureText({ kind: 'missing', detail: 'a.bin' }), /a\.bin could not be loaded/);
    assert.match(failureText({ kind: 'unknown', detail: '' }), /the browser says no more/);
  });
});

describe('the page', () => {
  test('gives times in a unit that can be read', () => {
    assert.deepEqual([0.2, 38.4, 421, 12_345].map(timeText), ['1 ms', '38 ms', '0.42 s', '12 s']);
  });

  test('names a saved file after the picture and what it was translated to', () => {
    assert.equal(fileName('my.horse.jpg', 'zebra'), 'my.horse-zebra.png');
    assert.equal(fileName('camera', 'Nuit / été'), 'camera-Nuit-été.png');
  });

  test('says how long a size takes about, if it is long', () => {
    const texts = [2900, 3100, 23_400, 150_000, 1_260_000].map(estimateText);
    assert.deepEqual(texts, ['', ', about 3 s', ', about 20 s', ', about 3 min', ', about 21 min']);
  });

  test('says what was done with what', () => {
    const done = { milliseconds: 420, width: 85, height: 64 };
    assert.equal(translatedText({ ...done, tiles: 1 }, 'webgl'), 'Translated in 0.42 s with WebGL: 85 × 64 pixels.');
    assert.match(translatedText({ ...done, tiles: 6 }, 'wasm'), /, in 6 tiles\.$/);
    assert.match(whyText('wasm', [], true), /you chose/);
    assert.match(whyText('wasm', [{ backend: 'wasm', milliseconds: 1, difference: 0 }], false), /fastest here/);
    assert.match(whyText('wasm', [], false), /last measured/);
  });
});
