import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Contestant, ContestantDeclined, ContestantFailed, type Command } from '../../bench/contestant.js';
import { fake } from './rig.js';

describe('a contestant', () => {
  test('starts, runs actions on request, and ends with its peak memory', async () => {
    const contestant = await Contestant.start(fake('send({ seconds: action.length + count / 10 })'));
    assert.deepEqual(contestant.facts, { device: 'cpu', fake: '1.0' });
    assert.ok(contestant.startupSeconds > 0);
    assert.equal(await contestant.time('step'), 4.1);
    assert.equal(await contestant.time('epoch'), 5.2);
    assert.equal(await contestant.end(), 12);
  });

  test('may print other lines, which are ignored', async () => {
    const chatter = 'console.log("loading"); console.log("{not json"); console.log("[1, 2]");';
    const contestant = await Contestant.start(fake(`${chatter} send({ seconds: 1 })`, chatter));
    assert.equal(await contestant.time('step'), 1);
    await contestant.kill();
  });

  test('fails with its last error line when it exits before it is ready', async () => {
    await failure(
      Contestant.start(fake('', 'console.error("No module named torch\\n"); process.exit(3);')),
      /code 3: No module named torch$/,
    );
  });

  test('fails with its last error line when it exits during an action', async () => {
    const contestant = await Contestant.start(fake('console.error("out of luck"); process.exit(1);'));
    await failure(contestant.time('step'), /code 1: out of luck$/);
    // All later requests fail, too.
    await failure(contestant.time('step'), /out of luck$/);
    await contestant.kill();
  });

  test('is reported to lack memory when it is killed', async () => {
    const contestant = await Contestant.start(fake('process.kill(process.pid, "SIGKILL")'));
    await failure(contestant.time('step'), /SIGKILL.*memory/);
  });

  test('can decline, and say why', async () => {
    const declining = fake('', 'send({ declined: "needs a CUDA GPU" }); process.exit(0);');
    await assert.rejects(Contestant.start(declining), new ContestantDeclined('needs a CUDA GPU'));
  });

  test('can count the operations of a step, and the numbers of its kernels', async () => {
    const counting = 'send({ launches: action === "launches" ? 1300 : 0 })';
    const contestant = await Contestant.start(fake(counting, '', { ready: { device: 'cpu' }, weights: 17 }));
    assert.deepEqual([await contestant.launches(), contestant.weights], [1300, 17]);
    await contestant.kill();
  });

  test('fails when it does not reply in time', async () => {
    const contestant = await Contestant.start(fake(''), 4);
    await failure(contestant.time('step'), /did not answer for 4 seconds/);
    await contestant.kill();
  });

  test('fails when it sends another reply than expected', async () => {
    const contestant = await Contestant.start(fake('send({ peakMb: 1 })'));
    await failure(contestant.time('step'), /"seconds" was expected/);
    await contestant.kill();
  });

  test('fails when its program does not exist', async () => {
    const command: Command = { file: '/nowhere/python', args: [], env: {} };
    await failure(Contestant.start(command), /cannot be started: .*ENOENT/);
  });
});

async function failure(promise: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(promise, (error) => error instanceof ContestantFailed && message.test(error.message));
}
