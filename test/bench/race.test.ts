import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { race, raceStarts } from '../../bench/race.js';
import { entry, fake } from './rig.js';

const quietly = { tell: () => undefined };

describe('a race', () => {
  test('asks all in turns, after each has warmed up', async (t) => {
    const { log, writing } = await diary(t);
    const entries = ['a', 'b'].map((who) => entry(who, fake(`${writing(who)} say({ seconds: count })`)));
    const results = await race(entries, { warmup: 2, rounds: 3, ...quietly });
    assert.equal(await log(), 'aabbababab');
    // What was done to warm up is not among the times.
    assert.deepEqual(
      results.map(({ seconds }) => seconds),
      [
        [3, 4, 5],
        [3, 4, 5],
      ],
    );
    assert.equal(results[0]!.peakMb, 12);
    assert.deepEqual(results[0]!.facts, { device: 'cpu', fake: '1.0' });
  });

  test('counts the time of one unit', async () => {
    const [result] = await race([entry('a', fake('say({ seconds: 8 })'), { units: 4 })], {
      warmup: 0,
      rounds: 1,
      ...quietly,
    });
    assert.deepEqual(result!.seconds, [2]);
  });

  test('goes on without those that fail', async () => {
    const entries = [
      entry('stillborn', fake('', 'console.error("no luck"); process.exit(1);')),
      entry('missing', { missing: 'there is no such package' }),
      entry('mortal', fake('if (count === 2) process.exit(7); say({ seconds: 1 })')),
      entry('greedy', fake('say({ seconds: 1 })'), { memory: 1e18 }),
      entry('well', fake('say({ seconds: 1 })')),
    ];
    const told: string[] = [];
    const results = await race(entries, { warmup: 0, rounds: 3, tell: (text) => told.push(text) });
    assert.deepEqual(
      results.map(({ seconds }) => seconds.length),
      [0, 0, 1, 0, 3],
    );
    const why = results.map(({ notMeasured }) => notMeasured);
    assert.deepEqual(why[0], { why: 'ended with exit code 1: no luck', lacking: false });
    assert.deepEqual(why[1], { why: 'there is no such package', lacking: true });
    assert.deepEqual(why[2], { why: 'ended with exit code 7', lacking: false });
    assert.match(why[3]!.why, /takes about 1000000000.0 GB of memory/);
    assert.equal(why[4], undefined);
    assert.equal(told.filter((text) => text.includes('not measured')).length, 4);
  });

  test('of starts starts each anew in every round', async (t) => {
    const { log, writing } = await diary(t);
    const entries = ['a', 'b'].map((who) => entry(who, fake('say({ seconds: 5 })', writing(who))));
    const results = await raceStarts(entries, { warmup: 1, rounds: 2, ...quietly });
    assert.equal(await log(), 'ababab');
    for (const { seconds, firstSeconds } of results) {
      assert.equal(seconds.length, 2);
      assert.ok(seconds.every((second) => second > 0 && second < 5));
      assert.deepEqual(firstSeconds, [5, 5]);
    }
  });

  test('of starts tries those that fail no further', async (t) => {
    const { log, writing } = await diary(t);
    const dying = `${writing('x')} process.exit(1);`;
    const [result] = await raceStarts([entry('x', fake('', dying))], { warmup: 1, rounds: 2, ...quietly });
    assert.equal(await log(), 'x');
    assert.deepEqual(result!.seconds, []);
    assert.equal(result!.notMeasured!.why, 'ended with exit code 1');
  });
});

/** A file in which contestants note what they do, in their order. */
async function diary(t: TestContext) {
  const dir = await mkdtemp(join(tmpdir(), 'bench-'));
  t.after(() => rm(dir, { recursive: true }));
  const file = join(dir, 'log');
  const writing = (text: string) => `require('node:fs').appendFileSync(${JSON.stringify(file)}, '${text}');`;
  return { log: () => readFile(file, 'utf8'), writing };
}
