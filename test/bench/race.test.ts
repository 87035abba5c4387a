import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { race, raceStarts } from '../../bench/race.js';
import { entry, fake } from './rig.js';

const silent = { log: () => undefined };

describe('a race', () => {
  test('times all in turns, after each has warmed up', async (t) => {
    const { log, append } = await actionLog(t);
    const entries = ['a', 'b'].map((who) => entry(who, fake(`${append(who)} send({ seconds: count })`)));
    const results = await race(entries, { warmup: 2, rounds: 3, ...silent });
    assert.equal(await log(), 'aabbababab');
    // The times do not include the warm-up.
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
    const [result] = await race([entry('a', fake('send({ seconds: 8 })'), { units: 4 })], {
      warmup: 0,
      rounds: 1,
      ...silent,
    });
    assert.deepEqual(result!.seconds, [2]);
  });

  test('continues without contestants that fail', async () => {
    const entries = [
      entry('stillborn', fake('', 'console.error("no luck"); process.exit(1);')),
      entry('missing', { missing: 'there is no such package' }),
      entry('mortal', fake('if (count === 2) process.exit(7); send({ seconds: 1 })')),
      entry('greedy', fake('send({ seconds: 1 })'), { memory: 1e18 }),
      entry('well', fake('send({ seconds: 1 })')),
    ];
    const messages: string[] = [];
    const results = await race(entries, { warmup: 0, rounds: 3, log: (text) => messages.push(text) });
    assert.deepEqual(
      results.map(({ seconds }) => seconds.length),
      [0, 0, 1, 0, 3],
    );
    const why = results.map(({ notMeasured }) => notMeasured);
    assert.deepEqual(why[0], { why: 'ended with exit code 1: no luck', isSkipped: false });
    assert.deepEqual(why[1], { why: 'there is no such package', isSkipped: true });
    assert.deepEqual(why[2], { why: 'ended with exit code 7', isSkipped: false });
    assert.match(why[3]!.why, /needs about 1000000000.0 GB of memory/);
    assert.equal(why[4], undefined);
    assert.equal(messages.filter((text) => text.includes('not measured')).length, 4);
  });

  test('counts operations after the rounds, and only when asked', async (t) => {
    const { log } = await actionLog(t);
    const noted = "require('node:fs').appendFileSync(process.env.LOG, action[0]);";
    const command = fake(`${noted} send(action === 'launches' ? { launches: count } : { seconds: 1 })`);
    const env = { ...process.env, LOG: log.file };
    const entries = [entry('a', { ...command, env }), entry('b', { ...command, env })];
    const counted = await race(entries, { warmup: 0, rounds: 2, countsLaunches: true, ...silent });
    assert.deepEqual([await log(), counted.map(({ launches }) => launches)], ['ssssll', [3, 3]]);
    const [timed] = await race(entries, { warmup: 0, rounds: 1, ...silent });
    assert.deepEqual([await log(), timed!.launches], ['ssssllss', null]);
  });

  test('continues without contestants that decline, which is no failure', async () => {
    const declining = entry('a', fake('', 'send({ declined: "needs a CUDA GPU" }); process.exit(0);'));
    const [result] = await race([declining], { warmup: 0, rounds: 1, ...silent });
    assert.deepEqual(result!.notMeasured, { why: 'needs a CUDA GPU', isSkipped: true });
  });

  test('of starts restarts each contestant in every round', async (t) => {
    const { log, append } = await actionLog(t);
    const entries = ['a', 'b'].map((who) => entry(who, fake('send({ seconds: 5 })', append(who))));
    const results = await raceStarts(entries, { warmup: 1, rounds: 2, ...silent });
    assert.equal(await log(), 'ababab');
    for (const { seconds, firstSeconds } of results) {
      assert.equal(seconds.length, 2);
      assert.ok(seconds.every((second) => second > 0 && second < 5));
      assert.deepEqual(firstSeconds, [5, 5]);
    }
  });

  test('of starts does not retry contestants that fail', async (t) => {
    const { log, append } = await actionLog(t);
    const dying = `${append('x')} process.exit(1);`;
    const [result] = await raceStarts([entry('x', fake('', dying))], { warmup: 1, rounds: 2, ...silent });
    assert.equal(await log(), 'x');
    assert.deepEqual(result!.seconds, []);
    assert.equal(result!.notMeasured!.why, 'ended with exit code 1');
  });
});

/** A file to which contestants append their actions in order. */
async function actionLog(t: TestContext) {
  const dir = await mkdtemp(join(tmpdir(), 'bench-'));
  t.after(() => rm(dir, { recursive: true }));
  const file = join(dir, 'log');
  const append = (text: string) => `require('node:fs').appendFileSync(${JSON.stringify(file)}, '${text}');`;
  return { log: Object.assign(() => readFile(file, 'utf8'), { file }), append };
}
