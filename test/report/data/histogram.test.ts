import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ValueCounts } from '../../../src/report/data/value-counts.js';
import { HistogramAxis, histogram } from '../../../src/report/data/histogram.js';

function counts(seen: readonly (readonly [value: number, times: number])[]): ValueCounts {
  const all = new ValueCounts();
  for (const [value, times] of seen) all.add(value, times);
  return all;
}
const attribute = (text: string, name: string, within = '') =>
  new RegExp(`${within}[^>]*\\b${name}="([^"]*)"`).exec(text)![1]!;

describe('a histogram', () => {
  // 48 bars of 5 pixels from 10 to 58: a bar for each integer, the last two in one.
  const seen = counts([[10, 1000], [34, 1], [35, 500], [57, 250], [58, 250]]); // prettier-ignore
  const { text } = histogram(seen, new HistogramAxis(seen, { ratio: false }), 'Width, A');

  test('has a highest bar of 40 pixels, and at least one pixel for each value that occurs', () => {
    const bars = ['M0.0 40v-40.0', 'M120.0 40v-1.0', 'M125.0 40v-20.0', 'M235.0 40v-20.0'];
    assert.equal(attribute(text, 'd', 'class="bars"'), bars.map((bar) => `${bar}h4.0V40z`).join(''));
  });

  test('marks the median, and describes itself', () => {
    assert.equal(attribute(text, 'd', 'class="median"'), 'M120.0 40V-6');
    const description = 'Width, A: from 10 to 58, median 34, 1,000 in the highest bar';
    assert.equal(attribute(text, 'aria-label'), description);
    assert.ok(text.includes(`<title>${description}</title>`));
    const other = counts([[10, 1], [22, 2], [58, 1]]); // prettier-ignore
    const marked = histogram(other, new HistogramAxis(other, { ratio: false }), 'x').text;
    assert.equal(attribute(marked, 'd', 'class="median"'), 'M60.0 40V-6');
  });
});

describe('an axis', () => {
  const axis = (min: number, max: number, ratio = false) => new HistogramAxis(counts([[min, 1], [max, 1]]), { ratio }); // prettier-ignore

  test('is linear up to eight times its smallest value, and logarithmic beyond', () => {
    assert.deepEqual([axis(10, 80).place(45), axis(10, 80).isLogarithmic], [0.5, false]);
    assert.ok(axis(10, 1000).isLogarithmic);
    assert.ok(Math.abs(axis(10, 1000).place(100) - 0.5) < 1e-12);
  });

  test('is always logarithmic for ratios, and never with a zero', () => {
    assert.ok(Math.abs(axis(0.5, 2, true).place(1) - 0.5) < 1e-12);
    assert.deepEqual([axis(0, 100).place(50), axis(0, 100, true).isLogarithmic], [0.5, false]);
  });

  test('has a single value in the middle', () => {
    assert.equal(axis(7, 7).place(7), 0.5);
  });
});
