import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { markdown } from '../../../src/sweep/summary/markdown.js';
import { sweep } from '../page/rig.js';

const lambda = (value: number) => ({ 'loss.lambda': value });

describe('the Markdown summary', () => {
  test('has the name, the sentence, the table with right-aligned numbers, and the problems', () => {
    const summary = sweep([
      { params: lambda(1), value: 20 },
      { params: lambda(5), state: 'failed', seconds: null, problem: 'The loss is not finite.' },
      { params: lambda(9), value: 21 },
    ]);
    assert.equal(
      markdown(summary),
      `## Sweep toy,lambda-1234abcd

3 trials: 2 done, 1 failed. Best by psnr (higher is better): **lambda=9**, 21 dB.

|  | trial | lambda | psnr | state | time |
| --: | --: | --: | --: | :-- | --: |
| 1 | 3 | 9 | 21 | done | 1:01 |
| 2 | 1 | 1 | 20 | done | 1:01 |
|  | 2 | 5 |  | failed |  |

- trial 2 (lambda=5): The loss is not finite.
`,
    );
  });

  test('ends with the table if there are no problems', () => {
    assert.match(markdown(sweep([{ params: lambda(1), value: 20 }])), /\n\| 1 \| 1 \| 1 \| 20 \| done \| 1:01 \|\n$/);
  });

  test('lists the problem of every failed trial, in the order of the table', () => {
    const text = markdown(
      sweep([
        { params: lambda(1), state: 'failed', problem: 'one' },
        { params: lambda(2), state: 'crashed', problem: 'two' },
      ]),
    );
    assert.match(text, /\|\n\n- trial 1 \(lambda=1\): one\n- trial 2 \(lambda=2\): two\n$/);
  });

  test('escapes markup and line breaks in texts', () => {
    const summary = sweep([{ params: { a: 'x|y\r\nz' }, value: 1 }], {
      name: 'a*b_c`d<e>[f]\\g',
      metric: { name: 'm_1', better: 'lower' },
    });
    const lines = markdown(summary).split('\n');
    assert.equal(lines[0], '## Sweep a\\*b\\_c\\`d\\<e\\>\\[f\\]\\\\g');
    assert.equal(lines[2], '1 trial: 1 done. Best by m\\_1 (lower is better): **a=x\\|y z**, 1.');
    assert.match(lines[4]!, /^\| {2}\| trial \| a \| m\\_1 \|/);
    assert.match(lines[6]!, /^\| 1 \| 1 \| x\\\|y z \| 1 \|/);
  });

  for (const [count, rows, more] of [
    [200, 200, undefined],
    [201, 200, '… and 1 more in sweep.csv.'],
    [203, 200, '… and 3 more in sweep.csv.'],
  ] as const) {
    test(`has ${rows} rows for ${count} trials, and notes how many more there are`, () => {
      const text = markdown(sweep(Array.from({ length: count }, (_, i) => ({ params: lambda(i), value: -i }))));
      const lines = text.split('\n');
      const table = lines.filter((line) => /^\| \d/.test(line));
      assert.equal(table.length, rows);
      assert.match(table[0]!, /^\| 1 \| 1 \|/);
      assert.match(table.at(-1)!, /^\| 200 \| 200 \|/);
      assert.deepEqual(lines.slice(6 + rows), more === undefined ? [''] : ['', more, '']);
    });
  }
});
