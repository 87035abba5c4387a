import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EngineProcess, type EngineEnd } from '../../src/serving/engine-process.js';
import { WorkError, type QueueOptions, type WorkFailure } from '../../src/serving/work-queue.js';
import { until, WITHIN } from '../until.js';

const NEVER = new AbortController().signal;
const FAKE = fileURLToPath(new URL('../../../test/serving/fake-engine.mjs', import.meta.url));

/** A real process in the place of the engine's, see fake-engine.mjs. */
function setup(t: TestContext, options: Partial<QueueOptions> = {}, given = 'toy') {
  const deaths: string[] = [];
  let readies = 0;
  const job = {
    places: [{ place: { kind: 'bundle', dir: '/b' }, given }],
    size: 'keep',
    limits: { pixels: 1e6, wholePixels: 1e6, batchDelay: 1 },
  } as const;
  const engine = new EngineProcess(
    job,
    { servingProcess: FAKE },
    { queue: 100, timeout: WITHIN.process, ...options },
    {
      onEvent: () => undefined,
      onDeath: ([problem]) => deaths.push(problem!.message),
    },
  );
  let ended: EngineEnd | undefined;
  const running = engine.run(() => readies++).then((end) => (ended = end));
  t.after(async () => {
    engine.kill();
    await running;
  });
  const submit = async (text: string, signal = NEVER): Promise<string> => {
    const work = { kind: 'image', model: { name: 'zebra', version: 1 }, bytes: Buffer.from(text), format: 'png', sideBySide: false } as const; // prettier-ignore
    const { result } = await engine.submit(work, signal);
    return result.kind === 'image' ? Buffer.from(result.bytes).toString() : '';
  };
  const start = (times: number) =>
    until(`start ${times}`, { within: WITHIN.process, look: () => readies, is: (count) => count >= times, unless: () => ended !== undefined }); // prettier-ignore
  return { engine, submit, deaths, start, running };
}

const failsWith = (reason: WorkFailure) => (error: unknown) => error instanceof WorkError && error.reason === reason;

test('work that comes while the engine starts is done when it is there', async (t) => {
  const { engine, submit } = setup(t);
  assert.equal(engine.isReady, false);
  assert.deepEqual(await Promise.all([submit('one'), submit('two')]), ['ONE', 'TWO']);
  assert.deepEqual([engine.isReady, engine.load, engine.models[0]!.name], [true, 0, 'zebra']);
});

test('work that the engine refuses fails with its reason', async (t) => {
  const { submit } = setup(t);
  await assert.rejects(submit('refuse'), failsWith('undecodable-image'));
  assert.equal(await submit('one'), 'ONE');
});

test('more work than may wait is refused, and there is room again afterwards', async (t) => {
  const { submit, start } = setup(t, { queue: 3 });
  await start(1);
  const waiting = [submit('wait'), submit('wait')];
  const go = submit('go');
  await assert.rejects(submit('one'), failsWith('queue-full'));
  assert.deepEqual(await Promise.all([...waiting, go]), ['WAIT', 'WAIT', 'GO']);
  assert.equal(await submit('one'), 'ONE');
});

test('work that is not done in time fails, and leaves its place', async (t) => {
  const { engine, submit } = setup(t, { timeout: 50 });
  await assert.rejects(submit('wait'), failsWith('too-late'));
  assert.equal(engine.load, 0);
});

test('work that nobody waits for any more leaves its place', async (t) => {
  const { engine, submit, start } = setup(t);
  await start(1);
  const client = new AbortController();
  const lost = submit('wait', client.signal);
  assert.equal(engine.load, 1);
  client.abort();
  await assert.rejects(lost, failsWith('stopping'));
  assert.equal(engine.load, 0);
  await assert.rejects(submit('one', AbortSignal.abort()), failsWith('stopping'));
  assert.equal(await submit('one'), 'ONE');
});

test('only what kills the engine fails; what was in work with it is done by the next one', async (t) => {
  const { submit, deaths, start } = setup(t);
  await start(1);
  const before = submit('slow');
  const killer = assert.rejects(submit('die'), failsWith('engine-died'));
  const after = submit('one');
  await killer;
  assert.deepEqual(await Promise.all([before, after]), ['SLOW', 'ONE']);
  assert.equal(deaths.length, 2);
  assert.match(deaths[0]!, /The server’s engine ended/);
});

test('an engine that cannot start ends with its reason, and so does what waits for it', async (t) => {
  const { submit, running } = setup(t, {}, 'broken');
  await assert.rejects(submit('one'), failsWith('stopping'));
  const end = await running;
  assert.ok(end.status === 'failed');
  assert.equal(end.problems[0]!.message, 'It is broken.');
});

test('an engine that dies again and again without doing anything is given up', async (t) => {
  const { submit, running, deaths } = setup(t);
  await Promise.all([1, 2].map(() => assert.rejects(submit('die'))));
  const end = await running;
  assert.equal(end.status, 'failed');
  assert.equal(deaths.length, 2);
});

test('stopped, it does what it has and takes no more', async (t) => {
  const { engine, submit, start, running } = setup(t);
  await start(1);
  const work = [submit('wait'), submit('go'), submit('one')];
  const stopped = engine.stop();
  assert.deepEqual(await Promise.all(work), ['WAIT', 'GO', 'ONE']);
  await stopped;
  assert.deepEqual(await running, { status: 'stopped' });
  await assert.rejects(submit('one'), failsWith('stopping'));
});
