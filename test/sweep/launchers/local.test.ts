import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import type { Launcher, LauncherSite } from '../../../src/registry/kinds/launcher.js';
import { localLauncher } from '../../../src/sweep/launchers/local/local.js';
import { until, WITHIN } from '../../until.js';

/** Writes its environment, and lives until it is asked to stop or its file appears. */
const PROGRAM = `
import { existsSync, writeFileSync } from 'node:fs';
const trial = process.argv[2];
const { RUNNER_DEVICE: card, TF_NUM_INTRAOP_THREADS: threads } = process.env;
writeFileSync('trial-' + trial, JSON.stringify({ card, threads, pid: process.pid }));
console.log('hello from ' + trial);
process.on('SIGTERM', () => { writeFileSync('asked-' + trial, ''); process.exit(0); });
setInterval(() => existsSync('end-' + trial) && process.exit(0), 20);
`;

interface Place {
  readonly dir: string;
  readonly launcher: Launcher;
  readonly start: (...trials: number[]) => Promise<ReadonlyMap<number, string>>;
  readonly environmentOf: (trial: number) => { card?: string; threads?: string; pid: number };
}

async function place(t: TestContext, jobs: number | null, env: NodeJS.ProcessEnv = {}, cards = 0): Promise<Place> {
  const dir = await mkdtemp(join(tmpdir(), 'local-'));
  await writeFile(join(dir, 'trial.mjs'), PROGRAM);
  const site: LauncherSite = {
    sweep: 'toy',
    dir,
    jobs,
    cwd: dir,
    env,
    logOf: (trial) => join(dir, 'logs', `${trial}.txt`),
    note: () => undefined,
  };
  const launcher = localLauncher(site, cards);
  let handles: string[] = [];
  t.after(async () => {
    await launcher.cancel(handles);
    await gone(launcher, ...handles);
    await rm(dir, { recursive: true, force: true, maxRetries: 10 });
  });
  const start = async (...trials: number[]) => {
    const begun = await launcher.submit({ trials, command: [process.execPath, 'trial.mjs'] });
    handles = [...handles, ...begun.values()];
    for (const trial of trials)
      await until(`what trial ${trial} says`, {
        within: WITHIN.process,
        look: () => readFile(join(dir, `trial-${trial}`), 'utf8').catch(String),
        is: (text) => text.endsWith('}'),
      });
    return begun;
  };
  const environmentOf = (trial: number) =>
    JSON.parse(readFileSync(join(dir, `trial-${trial}`), 'utf8')) as ReturnType<Place['environmentOf']>;
  return { dir, launcher, start, environmentOf };
}

async function gone(launcher: Launcher, ...handles: readonly string[]): Promise<void> {
  await until('the end of all trials', {
    within: WITHIN.process,
    look: () => launcher.watch(handles),
    is: (states) => [...states.values()].every((state) => state === 'gone'),
  });
}

describe('the launcher local', () => {
  test('divides the processor cores among the jobs, and keeps variables that are already set', async (t) => {
    const { launcher, start, environmentOf } = await place(t, 2);
    assert.equal(launcher.capacity, 2);
    await start(1);
    assert.equal(environmentOf(1).threads, String(Math.max(1, Math.floor(availableParallelism() / 2))));
    const other = await place(t, 1, { TF_NUM_INTRAOP_THREADS: '7' });
    await other.start(1);
    assert.equal(other.environmentOf(1).threads, '7');
  });

  test('gives each trial its own graphics card, and reuses one that becomes free', async (t) => {
    const { dir, launcher, start, environmentOf } = await place(t, 2, {}, 2);
    const handles = await start(1, 2);
    assert.deepEqual([environmentOf(1).card, environmentOf(2).card], ['0', '1']);
    await writeFile(join(dir, 'end-1'), '');
    await gone(launcher, handles.get(1)!);
    await start(3);
    assert.equal(environmentOf(3).card, environmentOf(1).card);
  });

  test('runs as many jobs as there are cards by default, or one', async (t) => {
    assert.equal((await place(t, null, {}, 3)).launcher.capacity, 3);
    assert.equal((await place(t, null, {}, 0)).launcher.capacity, 1);
  });

  test('gives more jobs than cards the cards in turn, and no card where there is none', async (t) => {
    const { start, environmentOf } = await place(t, 3, {}, 2);
    await start(1, 2, 3);
    assert.deepEqual(
      [1, 2, 3].map((trial) => environmentOf(trial).card),
      ['0', '1', '0'],
    );
    const without = await place(t, 1, {}, 0);
    await without.start(1);
    assert.equal(without.environmentOf(1).card, undefined);
  });

  test('logs the output of all attempts of a trial', async (t) => {
    const { dir, launcher, start } = await place(t, 1);
    for (const attempt of [1, 2]) {
      const handle = (await start(4)).get(4)!;
      await writeFile(join(dir, 'end-4'), String(attempt));
      await gone(launcher, handle);
      await rm(join(dir, 'end-4'));
    }
    assert.equal(await readFile(join(dir, 'logs', '4.txt'), 'utf8'), 'hello from 4\nhello from 4\n');
  });

  test('stops trials and checks whether they live, also from a later process', async (t) => {
    const { dir, launcher, start } = await place(t, 2);
    const handles = await start(1, 2);
    const [first, second] = [handles.get(1)!, handles.get(2)!];
    const later = (await place(t, 2)).launcher;
    assert.deepEqual(
      await later.watch([first, second]),
      new Map([
        [first, 'running'],
        [second, 'running'],
      ]),
    );
    await later.cancel([first]);
    await gone(launcher, first);
    assert.ok(existsSync(join(dir, 'asked-1')));
    assert.equal((await launcher.watch([second])).get(second), 'running');
    await launcher.cancel([first, second]);
    await gone(launcher, second);
  });

  test('does not mistake a process with a reused id for the trial', async (t) => {
    const { launcher } = await place(t, 1);
    const handle = `${process.pid}@another-boot/1`;
    assert.equal((await launcher.watch([handle])).get(handle), 'gone');
    await launcher.cancel([handle]);
  });

  test('reports a program that cannot be started', async (t) => {
    const { launcher } = await place(t, 1);
    await assert.rejects(launcher.submit({ trials: [1], command: ['/no/such/program'] }), /trial 1 cannot be started/);
  });
});
