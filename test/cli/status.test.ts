import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { RunStatus } from '../../src/pipeline/run-status.js';
import type { StageContext } from '../../src/registry/kinds/stage.js';
import { phase } from '../../src/registry/phases.js';
import { ProblemError } from '../../src/support/problem.js';
import { config, Rig } from '../rig.js';
import { runIn } from './rig.js';

const OF_THIS_PROCESS = new RegExp(`running, process ${process.pid}\\n`);

describe('runner status', () => {
  let rig: Rig;
  beforeEach(async () => (rig = await Rig.create()));
  afterEach(() => rig.remove());

  const text = async () => (await runIn(rig.dir, ['status'])).out;
  const inJson = async () => JSON.parse((await runIn(rig.dir, ['status', '--json'])).out) as RunStatus[];
  const stageOf = async (name: string) => (await inJson())[0]!.stages.find((stage) => stage.name === name)!;

  /** What is said while the stage is at a place in its work. */
  async function during(stage: string, work: (context: StageContext) => void): Promise<[string, RunStatus]> {
    let seen: [string, RunStatus] | undefined;
    const run = async (context: StageContext) => {
      work(context);
      seen = [await text(), (await inJson())[0]!];
      return { status: 'done' as const, outputs: {} };
    };
    rig.stages({ [stage]: { run } });
    await rig.run();
    return seen!;
  }

  test('shows the epoch, step, speed and time left of a running stage', async () => {
    const [shown, run] = await during('learn', (context) => {
      const counted = { kind: 'progress', unit: 'steps', total: 3000, phase: 'epoch 3/40' } as const;
      context.emit({ ...counted, done: 1000, rate: 0.5, values: { G: 2.5 } });
    });
    assert.match(shown, OF_THIS_PROCESS);
    assert.match(
      shown,
      /\n {2}learn +running +epoch 3\/40 {2}1000\/3000 steps {2}0\.5000 steps\/s {2}ETA 1 h 0\d min\n/,
    );
    assert.match(shown, /\n {2}judge +-\n/);
    const { state, progress } = run.stages[1]!;
    assert.equal(state, 'running');
    const { etaSeconds, phaseSeconds, updated, ...rest } = progress!;
    assert.deepEqual(rest, {
      ...{ phase: 'epoch 3/40', unit: 'steps', done: 1000, total: 3000, rate: 0.5, values: { G: 2.5 } },
    });
    assert.ok(etaSeconds! > 3300 && etaSeconds! <= 4000, String(etaSeconds));
    assert.equal(phaseSeconds, null);
    assert.ok(Date.parse(updated) <= Date.now());
  });

  test('shows the phase of a stage and its elapsed time', async () => {
    const [shown, run] = await during('learn', (context) => context.emit(phase('building-graph')));
    assert.match(shown, /\n {2}learn +running +building the graph {2}\d:\d\d\n/);
    const { phase: name, phaseSeconds, unit } = run.stages[1]!.progress!;
    assert.deepEqual([name, unit], ['building the graph', null]);
    assert.ok(phaseSeconds! >= 0);
  });

  test('shows a shared stage at work, which has no folder in the run yet', async () => {
    const [shown] = await during('prepare', (context) =>
      context.emit({ kind: 'progress', unit: 'images', done: 5, total: 200_000, phase: 'preparing A', rate: 5 }),
    );
    assert.match(shown, /\n {2}prepare +running +preparing A {2}5\/200000 images {2}5 images\/s {2}ETA 11 h 0\d min\n/);
  });

  test('shows the last progress, and nothing as running, if the process is gone', async () => {
    rig.stages({
      learn: {
        run: (context) => {
          context.emit({ kind: 'progress', unit: 'steps', done: 20, total: 80, phase: 'epoch 1/4', rate: 2 });
          return { status: 'interrupted' };
        },
      },
    });
    await rig.run();
    assert.match(
      await text(),
      /\n {2}learn +unfinished +.* UTC {2}\d.* s {2}epoch 1\/4 {2}20\/80 steps\n +It was stopped\.\n/,
    );
    const { etaSeconds, rate } = (await stageOf('learn')).progress!;
    assert.deepEqual([etaSeconds, rate], [null, 2]);
  });

  test('does not show the progress of an earlier process as current', async () => {
    const old = { pid: process.pid + 1, updated: 0, stage: 'judge', phase: null, progress: null };
    const [shown, run] = await during('learn', ({ dir }) =>
      writeFileSync(join(dir, '..', 'progress.json'), JSON.stringify(old)),
    );
    assert.match(shown, OF_THIS_PROCESS);
    assert.equal(run.stages[2]!.state, 'none');
  });

  test('a process removes what an earlier one has reported, and a finished one what it has', async () => {
    await during('learn', (context) => context.emit(phase('building-graph')));
    const [dir] = await rig.runDirs();
    assert.equal(existsSync(join(dir!, 'progress.json')), false);
    const old = { pid: process.pid, updated: 0, stage: 'judge', phase: null, progress: null };
    await writeFile(join(dir!, 'progress.json'), JSON.stringify(old));
    rig.stages({ prepare: { version: 2, run: failing } });
    await rig.run();
    assert.equal((await readFile(join(dir!, 'progress.json'), 'utf8')).includes('judge'), false);
  });

  const failing = () => {
    throw new ProblemError({ code: 'diverged', message: 'The loss is NaN at step 7 of 4.5. Lower it.\nMore.' });
  };
  for (const stage of ['prepare', 'learn', 'judge']) {
    test(`gives the reason why ${stage} failed, in a sentence`, async () => {
      rig.stages({ [stage]: { run: failing } });
      await rig.run();
      assert.match(
        await text(),
        new RegExp(`\\n {2}${stage} +failed .* UTC.*\\n +The loss is NaN at step 7 of 4\\.5\\.\\n`),
      );
      const { state, reason, finished } = await stageOf(stage);
      assert.deepEqual([state, reason], ['failed', 'The loss is NaN at step 7 of 4.5.']);
      assert.ok(Date.parse(finished!) <= Date.now());
    });
  }

  test('forgets a failure when the stage is done, and keeps it while the next attempt is at another stage', async () => {
    rig.stages({ prepare: { run: failing } });
    await rig.run();
    rig.stages({ learn: { run: failing } });
    await rig.run();
    assert.deepEqual(
      (await inJson())[0]!.stages.map(({ state }) => state),
      ['done', 'failed', 'none'],
    );
    rig.stages({});
    await rig.run();
    assert.deepEqual(
      (await inJson())[0]!.stages.map(({ state }) => state),
      ['done', 'done', 'done'],
    );
  });

  test('shows the reason of a failure from before stage.json had it', async () => {
    rig.stages({ learn: { run: failing } });
    await rig.run();
    const file = join((await rig.runDirs())[0]!, 'learn', 'stage.json');
    const { problem, ...record } = JSON.parse(await readFile(file, 'utf8')) as { problem: { code: string } };
    assert.equal(problem.code, 'diverged');
    await writeFile(file, JSON.stringify(record));
    assert.equal((await stageOf('learn')).reason, 'The loss is NaN at step 7 of 4.5.');
  });

  test('says that a shared stage was cut off', async () => {
    await rig.run(config(), { listen: () => undefined });
    const [dir] = await rig.runDirs();
    const journal = join(dir!, 'journal.jsonl');
    const begun = (await readFile(journal, 'utf8')).split('\n').findIndex((line) => line.includes('"name":"prepare"'));
    await writeFile(
      journal,
      `${(await readFile(journal, 'utf8'))
        .split('\n')
        .slice(0, begun + 1)
        .join('\n')}\n`,
    );
    for (const gone of ['learn', 'judge', '../.store']) await rm(join(dir!, gone), { recursive: true });
    assert.match(await text(), /\n {2}prepare +unfinished\n +It was cut off: its process ended without a result\.\n/);
  });

  for (const [what, change, said] of [
    ['is gone', (file: string) => rm(file), /config\.yaml is gone: these are the stages that have left something\./],
    ['is damaged', (file: string) => writeFile(file, 'stages: [\n'), /config\.yaml is damaged: these are/],
    ['is a folder', (file: string) => rm(file).then(() => mkdir(file)), /config\.yaml cannot be read: these are/],
    ['has no stages', (file: string) => writeFile(file, 'name: toy\n'), /config\.yaml is damaged: these are/],
  ] as const) {
    test(`lists a finished run whose config ${what}, from the records of its stages`, async () => {
      rig.stages({ judge: { run: () => ({ status: 'done', outputs: { metrics: { psnr: 12.5 } } }) } });
      await rig.run();
      await change(join((await rig.runDirs())[0]!, 'config.yaml'));
      const shown = await text();
      assert.match(shown, said);
      assert.match(shown, /\n {2}prepare +done\n {2}learn +done .*\n {2}judge +done .*\n +psnr 12\.50\n$/);
      const [run] = await inJson();
      assert.match(run!.problem!, said);
      assert.match((await runIn(rig.dir, ['status', run!.name.slice(0, 6)])).out, /learn +done/);
    });
  }

  test('lists a run that is only records, and one whose failure is all there is', async () => {
    await rig.run();
    const [dir] = await rig.runDirs();
    for (const file of ['config.yaml', 'journal.jsonl', 'environment.json']) await rm(join(dir!, file));
    assert.match(await text(), /prepare +done\n {2}learn +done .*\n {2}judge +done/);
    await rm(dir!, { recursive: true });
    rig.stages({ prepare: { version: 2, run: failing } });
    await rig.run();
    await rm(join((await rig.runDirs())[0]!, 'config.yaml'));
    assert.match(await text(), /config\.yaml is gone[^]*\n {2}prepare +failed .*\n +The loss is NaN/);
  });

  for (const [what, content] of [
    ['is cut off', '{"format": 2, "finger'],
    ['is of another version', '{"format": 1}'],
    ['lacks what belongs there', '{"format": 2, "status": "done"}'],
    ['is empty', ''],
  ] as const) {
    test(`shows a stage as damaged whose stage.json ${what}, and all else as it is`, async () => {
      await rig.run();
      await writeFile(join((await rig.runDirs())[0]!, 'learn', 'stage.json'), content);
      const shown = await text();
      assert.match(
        shown,
        /\n {2}prepare +(done|-).*\n {2}learn +damaged\n +Its stage\.json is damaged, or.*\n {2}judge +done/,
      );
    });
  }

  test('still lists other runs if a folder cannot be read', async () => {
    await rig.run();
    await rig.run(config({ seed: 2 }));
    const [first, second] = await rig.runDirs();
    await rm(join(first!, 'learn'), { recursive: true });
    await mkdir(join(first!, 'learn', 'stage.json'), { recursive: true });
    const shown = await text();
    assert.match(shown, /Its folder cannot be read: EISDIR/);
    assert.ok(shown.includes(second!.split('/').at(-1)!));
    assert.equal((shown.match(/learn +done/g) ?? []).length, 1);
  });
});
