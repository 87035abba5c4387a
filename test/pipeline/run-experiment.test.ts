import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Config } from '../../src/registry/config.js';
import { readJournal } from '../../src/pipeline/journal.js';
import { loadPlugins } from '../../src/registry/plugins.js';
import { ProblemError } from '../../src/support/problem.js';
import { contentsOf } from '../data/files.js';
import { config, Rig, type stage } from '../rig.js';

const lambda = (value: number): Partial<Config> => ({
  loss: { ...config().loss, lambda: { forward: value, backward: value } },
});

describe('a run', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.create();
  });
  afterEach(() => rig.remove());

  test('runs every stage, in order, and records what is needed to repeat it', async () => {
    rig.stages({
      learn: {
        run: (context) => {
          context.emit({ kind: 'metric', name: 'loss', step: 1, value: 0.5 });
          return { status: 'done', outputs: { good: true }, summary: [{ label: 'good', text: 'all' }] };
        },
      },
    });
    const outcome = await rig.run();
    assert.equal(outcome.status, 'done');
    assert.deepEqual(rig.ran, ['prepare', 'learn', 'judge']);
    const [runDir] = await rig.runDirs();
    assert.match(basename(runDir!), /^toy-[0-9a-f]{8}$/);
    for (const file of ['config.yaml', 'environment.json', 'journal.jsonl', 'learn/stage.json']) {
      assert.ok(existsSync(join(runDir!, file)), file);
    }
    assert.ok(!existsSync(join(runDir!, 'lock')), 'the lock is given back');
    assert.ok(readJournal(join(runDir!, 'journal.jsonl')).some(({ name, value }) => name === 'loss' && value === 0.5));
    assert.deepEqual(rig.event('stage-finished').stage, 'prepare');
  });

  test('does not publish a result whose input files changed meanwhile', async () => {
    let images = 1;
    rig.stages({
      prepare: {
        identity: () => Promise.resolve({ images }),
        run: () => {
          images++;
          return { status: 'done', outputs: {} };
        },
      },
    });
    assert.equal((await rig.run()).status, 'failed');
    assert.equal(rig.event('stage-failed').problems[0]?.code, 'files-changed');
    rig.stages({ prepare: { identity: () => Promise.resolve({ images }) } });
    assert.equal((await rig.run()).status, 'done');
    assert.ok(rig.ran.includes('prepare'), 'nothing was published before');
  });

  test('rebuilds deleted files, in place in the run and from the start in the store', async () => {
    rig.stages({
      prepare: { run: ({ dir }) => (writeFileSync(join(dir, 'data.txt'), 'data'), { status: 'done', outputs: {} }) },
      learn: {
        run: ({ dir }) => {
          for (const name of ['kept', 'weights']) writeFileSync(join(dir, name), name);
          return { status: 'done', outputs: {}, files: ['weights'] };
        },
      },
    });
    await rig.run();
    const [runDir] = await rig.runDirs();
    rmSync(join(runDir!, 'learn', 'kept'));
    assert.equal((await rig.run()).status, 'up-to-date', 'what a stage does not name can be cleared away');

    writeFileSync(join(runDir!, 'learn', 'weights'), 'cut');
    await rig.run();
    assert.equal(rig.reasons()['learn'], 'resume: weights is not as it was written');
    assert.equal(readFileSync(join(runDir!, 'learn', 'weights'), 'utf8'), 'weights');

    const store = join(rig.runs, '.store', 'prepare');
    const [fingerprint] = (await readdir(store)).filter((name) => /^[0-9a-f]{64}$/.test(name));
    rmSync(join(store, fingerprint!, 'data.txt'));
    await rig.run();
    assert.equal(rig.reasons()['prepare'], 'replace: data.txt is gone');
    assert.ok(existsSync(join(store, fingerprint!, 'data.txt')));
    assert.equal((await rig.run()).status, 'up-to-date');
  });

  test('passes a stage its inputs, and the config that it declares', async () => {
    let seen: unknown;
    rig.stages({
      prepare: {
        run: ({ dir }) => {
          writeFileSync(join(dir, 'data.txt'), 'data');
          return { status: 'done', outputs: { size: 3 } };
        },
      },
      learn: {
        run: ({ inputs, config: view }) => {
          seen = [readFileSync(join(inputs['data']!.dir, 'data.txt'), 'utf8'), inputs['data']!.outputs, view.seed];
          return { status: 'done', outputs: {} };
        },
      },
    });
    await rig.run();
    assert.deepEqual(seen, ['data', { size: 3 }, 1]);
  });

  test('is up to date when it is finished', async () => {
    await rig.run();
    const outcome = await rig.run();
    assert.equal(outcome.status, 'up-to-date');
    assert.deepEqual(rig.ran, []);
    assert.deepEqual(rig.reasons(), {
      prepare: 'skip: up to date',
      learn: 'skip: up to date',
      judge: 'skip: up to date',
    });
  });

  test('with a changed lambda reuses the preparation and reports why it learns again', async () => {
    await rig.run();
    const [first] = await rig.runDirs();
    await rig.run(config(lambda(5)));
    assert.deepEqual(rig.ran, ['learn', 'judge']);
    const name = basename(first!);
    assert.deepEqual(rig.reasons(), {
      prepare: `skip: up to date, made by run ${name}`,
      learn: `fresh: new run; compared with ${name}: loss.lambda: 10 -> 5`,
      judge: `fresh: new run; compared with ${name}: its input learn changed`,
    });
    assert.equal((await rig.runDirs()).length, 2);
  });

  test('is the same run with another tracker or engine mode, and does not learn again', async () => {
    rig.stages({ learn: { reads: ['name', 'tracking', 'engine'] } });
    await rig.run();
    const engine = { mode: 'another' as never, precision: 'float32' } as const;
    await rig.run(config({ tracking: { nothing: {} }, engine }), { dryRun: true });
    assert.match(rig.reasons()['learn']!, /^skip/);
  });

  test('is another run with another precision, and learns again', async () => {
    rig.stages({ learn: { reads: ['engine'] } });
    await rig.run();
    await rig.run(config({ engine: { mode: 'graph', precision: 'bfloat16' } }));
    assert.match(rig.reasons()['learn']!, /^fresh: new run; .*engine\.precision: float32 -> bfloat16$/);
    assert.equal((await rig.runDirs()).length, 2);
  });

  test('is the same run with another name: its folder is renamed, and no stage runs again', async () => {
    rig.stages({ learn: { reads: ['name'] } });
    await rig.run();
    const [first] = await rig.runDirs();
    await rig.run(config({ name: 'other' }), { dryRun: true });
    assert.deepEqual(await rig.runDirs(), [first], 'a dry run renames nothing');
    const outcome = await rig.run(config({ name: 'other' }));
    assert.equal(outcome.status, 'up-to-date');
    const [second, ...more] = (await rig.runDirs()).map((dir) => basename(dir));
    assert.deepEqual([second, more], [basename(first!).replace('toy', 'other'), []]);
    assert.match(rig.event('note').text, /^The run toy-[0-9a-f]{8} is called other-[0-9a-f]{8} now\.$/);
    assert.match(readFileSync(join(rig.runs, second!, 'config.yaml'), 'utf8'), /^name: other$/m);
    assert.ok(!existsSync(join(rig.runs, second!, 'lock')), 'the lock is given back where it is now');
  });

  test('is not renamed while a process works on it', async () => {
    rig.stages({
      learn: {
        run: async () => {
          const events = rig.events.length;
          const other = await rig.run(config({ name: 'other' }));
          assert.ok(other.status === 'failed' && other.problems[0]!.code === 'run-locked', `${events}`);
          return { status: 'done', outputs: {} };
        },
      },
    });
    await rig.run();
    assert.match(basename((await rig.runDirs())[0]!), /^toy-/);
  });

  test('stays the same run if its evaluation changes, and sets the former result aside', async () => {
    await rig.run();
    const [runDir] = await rig.runDirs();
    await rig.run(config({ evaluate: { samples: 9, metrics: [] } }));
    assert.deepEqual(rig.ran, ['judge']);
    assert.equal(rig.reasons()['judge'], 'replace: evaluate.samples: 1 -> 9');
    assert.deepEqual(await rig.runDirs(), [runDir]);
    const { to } = rig.event('set-aside');
    assert.match(basename(to), /^judge\.[0-9a-f]{8}$/);
    assert.ok(existsSync(join(to, 'stage.json')));
  });

  test('sets aside the results of changed input files, and reports their number', async () => {
    let files: Record<string, string> = { 'a.png': '1' };
    rig.stages({ prepare: preparing(() => files) });
    await rig.run();
    files = { 'a.png': '2', 'b.png': '1', 'c.png': '1', 'd.png': '1' };
    await rig.run();
    assert.match(rig.reasons()['prepare']!, /its input files changed \(3 added, a\.png changed\)/);
    const reason = 'its input prepare changed; what is there stays if that comes out as before';
    assert.deepEqual(rig.reasons()['learn'], `replace: ${reason}`);
    assert.deepEqual(rig.ran, ['prepare', 'learn', 'judge']);
    assert.equal(rig.event('set-aside').reason, 'its input prepare changed');
    assert.equal((await rig.runDirs()).length, 1);
  });

  test('does not learn again if another version rebuilds its input with equal content', async () => {
    const prepare = preparing(() => ({ 'a.png': '1' }));
    rig.stages({ prepare });
    await rig.run();
    rig.stages({ prepare: { ...prepare, version: 2 } });
    await rig.run();
    assert.deepEqual(rig.ran, ['prepare']);
    assert.equal((await rig.run()).status, 'up-to-date');
    rmSync(join(rig.runs, '.store'), { recursive: true });
    await rig.run();
    assert.deepEqual(rig.ran, ['prepare'], 'what is there is compared by content, not by folder');
  });

  test('does not learn again if only a part of its input changes that it does not use', async () => {
    let [used, extra] = ['1', ''];
    const content = (dir: string, unused: readonly string[] = []) => {
      const [main, more] = JSON.parse(readFileSync(join(dir, 'pixels'), 'utf8')) as [string, string];
      return Promise.resolve(more === '' || unused.includes('extra') ? main : `${main} ${more}`);
    };
    const stages = (unused: boolean) =>
      rig.stages({
        prepare: {
          ...preparing(() => ({ used, extra })),
          ...withPixels(() => JSON.stringify([used, extra])),
          content,
        },
        learn: unused ? { unused: () => ({ data: ['extra'] }) } : {},
      });
    stages(true);
    await rig.run();
    const expectKept = async (next: string) => {
      extra = next;
      await rig.run();
      assert.deepEqual(rig.ran.filter((name) => name !== 'judge'), ['prepare'], next); // prettier-ignore
    };
    // The earlier input had no such part, which its id shows even when it is gone.
    rmSync(join(rig.runs, '.store'), { recursive: true });
    await expectKept('x');
    await expectKept('y');
    used = '2';
    await rig.run();
    assert.ok(rig.ran.includes('learn'));
    stages(false);
    extra = 'z';
    await rig.run();
    assert.ok(rig.ran.includes('learn'), 'without the declaration every part counts');
  });

  test('is the same run if only input files change that do not name it', async () => {
    let extra = '1';
    rig.stages({
      prepare: {
        ...preparing(() => ({ used: '1', extra })),
        coveredByIdentity: () => ['dataset.limit'],
        namedBy: (identity) => ({ used: (identity as { used: string }).used }),
      },
    });
    await rig.run();
    extra = '2';
    await rig.run();
    assert.equal((await rig.runDirs()).length, 1);
    assert.ok(rig.ran.includes('prepare'));
  });

  test('resumes after it was moved without the store, as its dry run predicts', async () => {
    let fail = true;
    const where: string[] = [];
    rig.stages({
      prepare: {
        ...preparing(() => ({ 'a.png': '1' })),
        ...withPixels(
          () => 'pixels',
          (dir) => {
            // Like the origin that a data set records.
            writeFileSync(join(dir, 'origin.txt'), where.push(dir).toString());
          },
        ),
      },
      learn: {
        run: ({ dir }) => {
          const found = existsSync(join(dir, 'checkpoint'));
          writeFileSync(join(dir, 'checkpoint'), 'half');
          if (fail) throw new ProblemError({ code: 'test:bad-luck', message: 'bad luck' });
          return { status: 'done', outputs: { found } };
        },
      },
    });
    await rig.run();
    const moved = join(rig.dir, 'elsewhere', 'runs');
    mkdirSync(moved, { recursive: true });
    cpSync((await rig.runDirs())[0]!, join(moved, basename((await rig.runDirs())[0]!)), { recursive: true });
    fail = false;
    await rig.run(config(), { runsRoot: moved, dryRun: true });
    assert.match(rig.reasons()['learn']!, /^resume: unfinished: it failed/);
    await rig.run(config(), { runsRoot: moved });
    assert.deepEqual(rig.ran, ['prepare', 'learn', 'judge']);
    const learned = rig.events.find((event) => event.kind === 'stage-finished' && event.stage === 'learn');
    assert.deepEqual(learned?.kind === 'stage-finished' && learned.outputs, { found: true });
  });

  test('is found by its images, in any folder', async () => {
    const prepare = {
      ...preparing(() => ({ trainA: 'some images' })),
      reads: ['dataset.path'],
      coveredByIdentity: () => ['dataset.path'],
    };
    rig.stages({ prepare });
    const at = (path: string) => config({ dataset: { ...config().dataset, path } });
    await rig.run(at('/here/images'));
    assert.equal((await rig.run(at('/there/photos'))).status, 'up-to-date');
    rig.stages({ prepare: { ...prepare, identity: () => Promise.resolve({ trainA: 'other images' }) } });
    await rig.run(at('/there/photos'));
    assert.equal((await rig.runDirs()).length, 2, 'other images are another experiment');
  });

  test('restores a result that it has set aside when the config is changed back', async () => {
    const measured = (samples: number) => config({ evaluate: { samples, metrics: [] } });
    await rig.run(measured(1));
    await rig.run(measured(9));
    const aside = basename(rig.event('set-aside').to);
    await rig.run(measured(1), { dryRun: true });
    assert.equal(rig.reasons()['judge'], `restore: as in ${aside}, which was set aside`);
    assert.equal((await rig.run(measured(1))).status, 'done');
    assert.deepEqual(rig.ran, []);
    const folders = (await readdir((await rig.runDirs())[0]!)).filter((name) => name.startsWith('judge'));
    assert.equal(folders.length, 2, 'the other one is set aside in its place');
    assert.ok(!folders.includes(aside));
    assert.equal((await rig.run(measured(1))).status, 'up-to-date');
  });

  test('resumes a partial result that it has set aside', async () => {
    let fail = true;
    let version = 1;
    const learn = () => ({
      version,
      run: ({ dir }: { dir: string }) => {
        const found = existsSync(join(dir, 'checkpoint'));
        if (fail) {
          writeFileSync(join(dir, 'checkpoint'), 'half');
          throw new ProblemError({ code: 'test:bad-luck', message: 'bad luck' });
        }
        return { status: 'done' as const, outputs: { found } };
      },
    });
    rig.stages({ learn: learn() });
    await rig.run();
    [fail, version] = [false, 2];
    rig.stages({ learn: learn() });
    await rig.run();
    version = 1;
    rig.stages({ learn: learn() });
    await rig.run();
    assert.match(rig.reasons()['learn']!, /^resume: goes on as in learn\.[0-9a-f]{8}, which was set aside$/);
    const learned = rig.events.find((event) => event.kind === 'stage-finished' && event.stage === 'learn');
    assert.deepEqual(learned?.kind === 'stage-finished' && learned.outputs, { found: true });
  });

  test('restores the result of an earlier input if a rebuilt input equals it', async () => {
    let files: Record<string, string> = { 'a.png': '1' };
    let content = 'one';
    rig.stages({ prepare: { ...preparing(() => files), ...withPixels(() => content) } });
    await rig.run();
    [files, content] = [{ 'a.png': '2' }, 'two'];
    await rig.run();
    assert.deepEqual(rig.ran, ['prepare', 'learn', 'judge']);
    const aside = rig.events.flatMap((event) => (event.kind === 'set-aside' ? [basename(event.to)] : []));
    [files, content] = [{ 'a.png': '3' }, 'one'];
    await rig.run();
    assert.deepEqual(rig.ran, ['prepare']);
    const skipped = rig.events.flatMap((event) => (event.kind === 'stage-skipped' ? [event.reason] : []));
    assert.deepEqual(
      skipped,
      aside.map((folder) => `as in ${folder}, which was set aside`),
    );
    assert.equal((await rig.run()).status, 'up-to-date');
  });

  test('resumes neither a partial result whose rebuilt input differs, nor in the folder of another result', async () => {
    let [fail, version, content] = [true, 1, 'one'];
    const stages = () => {
      rig.stages({
        prepare: withPixels(() => content),
        learn: {
          version,
          run: ({ dir }) => {
            const found = existsSync(join(dir, 'checkpoint'));
            writeFileSync(join(dir, 'checkpoint'), String(version));
            if (fail) throw new ProblemError({ code: 'test:bad-luck', message: 'bad luck' });
            return { status: 'done', outputs: { found } };
          },
        },
      });
    };
    stages();
    await rig.run();
    [fail, version] = [false, 2];
    stages();
    await rig.run();
    [version, content] = [1, 'two'];
    stages();
    await rig.run(config(), { selection: { force: ['prepare'] } });
    assert.match(rig.reasons()['learn']!, /^resume: goes on as in learn\./, 'as long as nobody knows better');
    const learned = rig.events.find((event) => event.kind === 'stage-finished' && event.stage === 'learn');
    assert.deepEqual(learned?.kind === 'stage-finished' && learned.outputs, { found: false });
  });

  test('rebuilds a shared result that is deleted by hand during an earlier stage', async () => {
    const stages = {
      fetch: { type: 'fetch', needs: [] },
      prepare: { type: 'prepare', needs: ['fetch'] },
      learn: { type: 'learn', needs: ['prepare'] },
    };
    rig.stages({
      fetch: {
        scope: 'shared',
        run: () => {
          rmSync(join(rig.runs, '.store', 'prepare'), { recursive: true, force: true });
          return { status: 'done', outputs: {} };
        },
      },
    });
    await rig.run(config({ stages }));
    await rig.run(config({ stages }), { selection: { force: ['fetch'] } });
    assert.match(rig.reasons()['prepare']!, /^skip: up to date/);
    assert.deepEqual(rig.ran, ['fetch', 'prepare']);
  });

  test('keeps a result’s record of its inputs while one of them is missing and not selected', async () => {
    const { prepare, learn } = config().stages;
    const stages = { prepare: prepare!, learn: learn!, judge: { type: 'judge', needs: ['learn', 'prepare'] } };
    await rig.run(config({ stages }));
    const runDir = (await rig.runDirs())[0]!;
    const inputs = () =>
      (JSON.parse(readFileSync(join(runDir, 'judge', 'stage.json'), 'utf8')) as { inputs: object }).inputs;
    const before = inputs();
    rmSync(join(runDir, 'learn'), { recursive: true });
    await rig.run(config({ stages }), { selection: { force: ['prepare'], only: 'prepare' } });
    assert.deepEqual(rig.ran, ['prepare']);
    assert.deepEqual(inputs(), before);
  });

  test('is the same run with other bookkeeping: keeps finished stages, applies it to resumed ones, and reports both', async () => {
    let fail = true;
    rig.stages({
      learn: {
        reads: ['loss', 'train'],
        run: ({ config: view }) => {
          if (fail) throw new ProblemError({ code: 'test:bad-luck', message: 'bad luck' });
          return { status: 'done', outputs: { keep: view.train.keep } };
        },
      },
    });
    const keeping = (keep: number) => config({ train: { ...config().train, keep } });
    await rig.run(keeping(5));
    fail = false;
    await rig.run(keeping(3));
    assert.equal(rig.reasons()['learn'], 'resume: unfinished: it failed; from now on train.keep: 5 -> 3');
    const learned = rig.events.find((event) => event.kind === 'stage-finished' && event.stage === 'learn');
    assert.deepEqual(learned?.kind === 'stage-finished' && learned.outputs, { keep: 3 });
    assert.equal((await rig.run(keeping(4))).status, 'up-to-date');
    assert.equal(rig.reasons()['learn'], 'skip: up to date (train.keep: 3 -> 4 changes nothing that is there)');
    assert.equal((await rig.runDirs()).length, 1);
  });

  test('does not report an option that a finished stage did not have yet, as long as it has its default', async () => {
    rig.stages({ learn: { reads: ['loss', 'train'], run: () => ({ status: 'done', outputs: {} }) } });
    await rig.run();
    const file = join((await rig.runDirs())[0]!, 'learn', 'stage.json');
    const record = JSON.parse(readFileSync(file, 'utf8')) as { bookkeeping: { train?: Record<string, unknown> } };
    delete record.bookkeeping.train!['keep'];
    writeFileSync(file, JSON.stringify(record));
    await rig.run();
    assert.equal(rig.reasons()['learn'], 'skip: up to date');
    await rig.run(config({ train: { ...config().train, keep: 9 } }));
    assert.equal(rig.reasons()['learn'], 'skip: up to date (train.keep: 5 -> 9 changes nothing that is there)');
  });

  test('rebuilds a shared result to which its stage objects, though only a setting without effect on results changed', async () => {
    const prepare = preparing(() => ({ 'a.png': '1' }));
    rig.stages({ prepare });
    await rig.run();
    const objection = 'it skipped 2 bad images, and dataset.on_bad_image is fail now';
    rig.stages({ prepare: { ...prepare, objection: () => Promise.resolve(objection) } });
    await rig.run(config(), { dryRun: true });
    assert.equal(rig.reasons()['prepare'], `replace: ${objection}`);
  });

  test('passes a stage the results of all stages that it needs, and runs it again when they change', async () => {
    const seen: unknown[] = [];
    const stages = { ...config().stages, show: { type: 'show', needs: ['judge'] } };
    rig.stages({
      judge: { run: () => ({ status: 'done', outputs: { psnr: 20 } }) },
      show: {
        run: ({ inputs }) => {
          seen.push(inputs['judge']!.outputs);
          return { status: 'done', outputs: {} };
        },
      },
    });
    await rig.run(config({ stages }));
    assert.deepEqual(seen, [{ psnr: 20 }]);
    await rig.run(config({ stages, evaluate: { samples: 9, metrics: [] } }));
    assert.deepEqual(rig.ran, ['judge', 'show']);
    assert.equal(rig.reasons()['show'], 'replace: its input judge changed');
  });

  test('reports the new number of images, or that they changed', async () => {
    const trainA = { count: 12, sha256: 'a' };
    let files = { trainA, trainB: trainA, testA: trainA };
    rig.stages({ prepare: { identity: () => Promise.resolve(files) } });
    await rig.run();
    files = { ...files, trainA: { count: 13, sha256: 'b' }, trainB: { count: 12, sha256: 'b' } };
    await rig.run();
    const reason = rig.reasons()['prepare']!;
    assert.match(reason, /: trainA has 13 images instead of 12, the images of trainB changed$/);
  });

  test('resumes a failed stage in place, but not one whose fingerprint changed', async () => {
    let fail = true;
    const learn = {
      run: ({ dir }: { dir: string }) => {
        if (fail) {
          writeFileSync(join(dir, 'checkpoint'), 'half');
          throw new ProblemError({ code: 'test:bad-luck', message: 'bad luck' });
        }
        return { status: 'done' as const, outputs: { found: existsSync(join(dir, 'checkpoint')) } };
      },
    };
    rig.stages({ learn });
    assert.equal((await rig.run()).status, 'failed');
    assert.equal(rig.event('stage-failed').problems[0]!.code, 'test:bad-luck');
    fail = false;
    await rig.run();
    assert.match(rig.reasons()['learn']!, /^resume: unfinished: it failed/);
    assert.deepEqual(rig.event('stage-finished').outputs, { found: true });
    rig.stages({ learn: { ...learn, version: 2 } });
    await rig.run();
    assert.equal(rig.reasons()['learn'], 'replace: its version: 1 -> 2');
    assert.deepEqual(rig.event('stage-finished').outputs, { found: false });
  });

  test('fails with the stack of a bug in a stage', async () => {
    rig.stages({
      learn: {
        run: () => {
          throw new TypeError('oops');
        },
      },
    });
    assert.equal((await rig.run()).status, 'failed');
    assert.match(rig.event('stage-failed').bug!, /TypeError: oops[^]*run-experiment\.test/);
  });

  test('reports the stage and the path of an undeclared access to the config', async () => {
    rig.stages({ learn: { run: ({ config: view }) => ({ status: 'done', outputs: { epochs: view.train.epochs } }) } });
    assert.equal((await rig.run()).status, 'failed');
    assert.match(rig.event('stage-failed').problems[0]!.message, /Stage "learn" reads "train"/);
  });

  test('publishes nothing of a shared stage that fails', async () => {
    rig.stages({
      prepare: {
        run: ({ dir }) => {
          writeFileSync(join(dir, 'data.txt'), 'half');
          throw new ProblemError({ code: 'test:bad-luck', message: 'bad luck' });
        },
      },
    });
    await rig.run();
    assert.deepEqual(await readdir(join(rig.runs, '.store', 'prepare')), []);
  });

  test('reports wrong input files before any stage starts', async () => {
    rig.stages({
      judge: { identity: () => Promise.reject(new ProblemError({ code: 'empty-domain', message: 'no images' })) },
    });
    const outcome = await rig.run();
    assert.ok(outcome.status === 'invalid' && outcome.problems[0]!.code === 'empty-domain');
    assert.deepEqual(rig.ran, []);
    assert.ok(!existsSync(rig.runs));
  });

  test('changes nothing if it is a dry run', async () => {
    const outcome = await rig.run(config(), { dryRun: true });
    assert.equal(outcome.status, 'planned');
    assert.deepEqual(rig.reasons(), {
      prepare: 'fresh: never run',
      learn: 'fresh: never run',
      judge: 'fresh: never run',
    });
    assert.ok(!existsSync(rig.runs));
  });

  test('with --force runs a stage and its consumers again, and keeps the former result', async () => {
    await rig.run();
    await rig.run(config(), { selection: { force: ['learn'] } });
    assert.deepEqual(rig.ran, ['learn', 'judge']);
    assert.equal(rig.reasons()['judge'], 'replace: its input learn is made again');
    assert.equal(rig.events.filter(({ kind }) => kind === 'set-aside').length, 2);
  });

  test('runs the consumers of a forced stage again when that is finished by a later run', async () => {
    await rig.run();
    let behave: () => void = () => {
      throw new ProblemError({ code: 'test:bad-luck', message: 'bad luck' });
    };
    rig.stages({
      learn: {
        run: () => {
          behave();
          return { status: 'done', outputs: {} };
        },
      },
    });
    await rig.run(config(), { selection: { force: ['learn'] } });
    behave = () => undefined;
    await rig.run();
    assert.deepEqual(rig.ran, ['learn', 'judge']);
    assert.match(rig.reasons()['learn']!, /^resume/);
    assert.equal(rig.reasons()['judge'], 'replace: its input learn is made again');
    assert.equal((await rig.run()).status, 'up-to-date');
  });

  test('recomputes a deleted result and its consumers, and records its steps again', async () => {
    rig.stages({
      learn: {
        run: (context) => {
          context.emit({ kind: 'metric', name: 'loss', step: 1, value: 0.5 });
          return { status: 'done', outputs: {} };
        },
      },
    });
    await rig.run();
    const [runDir] = await rig.runDirs();
    rmSync(join(runDir!, 'learn'), { recursive: true });
    await rig.run();
    assert.deepEqual(rig.ran, ['learn', 'judge']);
    const losses = readJournal(join(runDir!, 'journal.jsonl')).filter(({ name }) => name === 'loss');
    assert.equal(losses.length, 2);
  });

  test('runs the consumers of a shared result again if its content changed, also in other runs', async () => {
    let content = 'one';
    rig.stages({
      prepare: {
        run: ({ dir }) => {
          writeFileSync(join(dir, 'data.txt'), content);
          return { status: 'done', outputs: {} };
        },
      },
    });
    const other = config({ seed: 2 });
    await rig.run();
    await rig.run(other);
    content = 'two';
    await rig.run(config(), { selection: { force: ['prepare'] } });
    assert.deepEqual(rig.ran, ['prepare', 'learn', 'judge']);
    await rig.run(other);
    assert.deepEqual(rig.ran, ['learn', 'judge']);
    await rig.run(other, { selection: { force: ['prepare'], only: 'prepare' } });
    assert.deepEqual(rig.ran, ['prepare']);
  });

  test('keeps numbers in a result that JSON cannot represent', async () => {
    rig.stages({ learn: { run: () => ({ status: 'done', outputs: { metrics: { fid: NaN, psnr: Infinity } } }) } });
    await rig.run();
    const again = await rig.run();
    assert.ok(again.status === 'up-to-date');
    assert.deepEqual(again.stages[1]!.outputs, { metrics: { fid: NaN, psnr: Infinity } });
  });

  test('sets a result of another version of runner aside', async () => {
    await rig.run();
    const [runDir] = await rig.runDirs();
    writeFileSync(join(runDir!, 'learn', 'stage.json'), '{"format": 0, "fingerprint": "x", "parts": {}}');
    await rig.run();
    assert.match(rig.reasons()['learn']!, /^replace: what is there was made by another version of runner/);
    assert.deepEqual(rig.ran, ['learn', 'judge']);
  });

  test('records the environment of each attempt at each stage in environment.json', async () => {
    let fail = true;
    rig.stages({
      learn: {
        run: () => (fail ? Promise.reject(new Error('no')) : { status: 'done', outputs: {} }),
      },
    });
    await rig.run(config(), { command: ['first'] });
    fail = false;
    await rig.run(config(), { command: ['second'] });
    await rig.run(config({ evaluate: { samples: 9, metrics: [] } }), {
      command: ['third'],
      env: { TF_NUM_INTRAOP_THREADS: '3' },
    });
    const [runDir] = await rig.runDirs();
    const file = JSON.parse(readFileSync(join(runDir!, 'environment.json'), 'utf8')) as Record<
      string,
      { command: string[]; machine: { cores: number; threads: number } }[]
    >;
    const commands = Object.entries(file).map(([name, attempts]) => [name, attempts.flatMap(({ command }) => command)]);
    assert.deepEqual(Object.fromEntries(commands), {
      prepare: ['first'],
      learn: ['first', 'second'],
      judge: ['third'],
    });
    const machine = (name: string) => file[name]!.at(-1)!.machine;
    assert.equal(machine('learn').threads, machine('learn').cores);
    assert.equal(machine('judge').threads, 3);
  });

  test('can be stopped while input files are read', async () => {
    const stop = new AbortController();
    rig.stages({
      prepare: {
        identity: (_, signal) => {
          stop.abort();
          signal?.throwIfAborted();
          return Promise.resolve({});
        },
      },
    });
    assert.equal((await rig.run(config(), { stop: stop.signal })).status, 'interrupted');
    assert.deepEqual(rig.ran, []);
  });

  test('names the lock to remove if another machine seems to hold it', async () => {
    await rig.run(config(), { selection: { force: [], until: 'prepare' } });
    const [runDir] = await rig.runDirs();
    const lock = join(runDir!, 'lock');
    writeFileSync(lock, JSON.stringify({ id: 'x', pid: 1, host: 'elsewhere', start: '2020-01-01', process: 'x' }));
    const outcome = await rig.run();
    assert.ok(outcome.status === 'failed');
    assert.ok(outcome.problems[0]!.cure!.endsWith(`If elsewhere does not run it any more, remove the file ${lock}.`));
  });

  test('with --force publishes a shared stage again', async () => {
    await rig.run();
    await rig.run(config(), { selection: { force: ['prepare'] } });
    assert.deepEqual(rig.ran, ['prepare']);
    assert.equal((await rig.run()).status, 'up-to-date');
  });

  test('with --until runs a stage and those that it needs', async () => {
    await rig.run(config(), { selection: { force: [], until: 'learn' } });
    assert.deepEqual(rig.ran, ['prepare', 'learn']);
  });

  test('with --only runs one stage, or reports its missing inputs', async () => {
    const only = await rig.run(config(), { selection: { force: [], only: 'learn' } });
    assert.ok(only.status === 'invalid');
    assert.equal(only.problems[0]!.code, 'input-not-made');
    await rig.run(config(), { selection: { force: [], until: 'prepare' } });
    await rig.run(config(), { selection: { force: [], only: 'learn' } });
    assert.deepEqual(rig.ran, ['learn']);
  });

  test('refuses to force an unknown stage', async () => {
    const outcome = await rig.run(config(), { selection: { force: ['lern'] } });
    assert.ok(outcome.status === 'invalid' && outcome.problems[0]!.code === 'unknown-stage');
  });

  test('with --from is another run, and passes the given run’s result to the stage that continues it', async () => {
    let parent: string | undefined;
    rig.stages({
      learn: {
        run: (context) => {
          parent = context.parent?.dir;
          return { status: 'done', outputs: {} };
        },
      },
    });
    await rig.run();
    const [first] = await rig.runDirs();
    await rig.run(config(), { from: basename(first!).slice(0, 8) });
    assert.equal(parent, join(first!, 'learn'));
    assert.deepEqual(rig.ran, ['learn', 'judge']);
    assert.equal((await rig.runDirs()).length, 2);
    assert.match(rig.reasons()['learn']!, /--from: none -> [0-9a-f]{8}/);
  });

  test('with --from a run whose stage is unfinished fails with advice', async () => {
    rig.stages({
      learn: { run: () => Promise.reject(new ProblemError({ code: 'test:bad-luck', message: 'bad luck' })) },
    });
    await rig.run();
    const outcome = await rig.run(config(), { from: 'toy' });
    assert.ok(outcome.status === 'invalid' && outcome.problems[0]!.code === 'parent-unfinished');
    assert.match(outcome.problems[0]!.message, /"learn" of the run toy-[0-9a-f]{8} is not finished/);
  });

  test('with --from a run that has been recomputed continues the new result', async () => {
    await rig.run();
    const parent = basename((await rig.runDirs())[0]!);
    await rig.run(config(), { from: parent });
    await rig.run(config(), { selection: { force: ['learn'] } });
    await rig.run(config(), { from: parent });
    assert.equal(rig.reasons()['learn'], `replace: its input ${join(parent, 'learn')} is made again`);
  });

  test('with --from accepts a folder relative to the working directory', async () => {
    await rig.run();
    const path = join('runs', basename((await rig.runDirs())[0]!));
    assert.equal((await rig.run(config(), { from: path })).status, 'done');
  });

  test('with --from an unknown run suggests the most similar name', async () => {
    await rig.run();
    const name = basename((await rig.runDirs())[0]!);
    const outcome = await rig.run(config(), { from: `x${name}` });
    assert.ok(outcome.status === 'invalid' && outcome.problems[0]!.code === 'unknown-run');
    assert.match(outcome.problems[0]!.cure!, new RegExp(name));
  });

  test('records no password of an address, and runs nothing again if it changes', async () => {
    rig.stages({
      prepare: {
        reads: ['dataset.url'],
        identity: (view) => Promise.resolve({ at: (view as { config: Config }).config.dataset['url']! }),
        run: (context) => {
          const text = `from ${JSON.stringify(context.config.dataset)}`;
          context.emit({ kind: 'note', level: 'info', text });
          return { status: 'done', outputs: {} };
        },
      },
    });
    const withPassword = (word: string) => {
      const url = `https://bob:${word}@a.org/set.zip`;
      const command = ['runner', 'run', 'a.yaml', '--set', `dataset.url=${url}`];
      return rig.run(config({ dataset: { ...config().dataset, url } }), { command });
    };
    assert.equal((await withPassword('SECRET')).status, 'done');
    const left = await contentsOf(rig.runs);
    assert.ok(left.some((text) => text.includes('https://***@a.org/set.zip')));
    for (const text of left) assert.doesNotMatch(text, /SECRET/);
    assert.equal((await withPassword('other')).status, 'up-to-date');
  });

  test('is interrupted between stages when the user stops, and resumes with the next', async () => {
    const stop = new AbortController();
    rig.stages({
      prepare: {
        run: () => {
          stop.abort();
          return { status: 'done', outputs: {} };
        },
      },
    });
    assert.equal((await rig.run(config(), { stop: stop.signal })).status, 'interrupted');
    assert.deepEqual(rig.ran, ['prepare']);
    await rig.run();
    assert.deepEqual(rig.ran, ['learn', 'judge']);
  });

  test('is not affected by a failing tracker', async () => {
    const components = rig.components();
    components.tracker.add('broken', {
      summary: 'fails',
      schema: { properties: {} },
      create: () => ({
        take: () => Promise.reject(new ProblemError({ code: 'test:wrong-token', message: 'The token is wrong.' })),
        close: () => Promise.reject(new Error('down')),
      }),
    });
    rig.stages({});
    const outcome = await rig.run(config({ tracking: { broken: {} } }), { components });
    assert.equal(outcome.status, 'done');
    const warnings = rig.events.flatMap((event) =>
      event.kind === 'note' && event.level === 'warning' ? [event.text] : [],
    );
    assert.match(warnings[0]!, /^broken: The token is wrong\. The run continues without it; nothing is lost\.$/);
    assert.match(warnings[1]!, /^broken has not received all .* `runner sync toy-/);
  });

  test('reports a file in place of the folder of runs', async () => {
    writeFileSync(rig.runs, '');
    const outcome = await rig.run();
    assert.ok(outcome.status === 'failed' || outcome.status === 'invalid');
    assert.match(outcome.problems[0]!.message, /folder was expected|something else is there/);
  });

  test('fails and reports a journal that cannot be written', async () => {
    await rig.run(config(), { selection: { force: [], until: 'prepare' } });
    const journal = join((await rig.runDirs())[0]!, 'journal.jsonl');
    rmSync(journal);
    mkdirSync(journal);
    const outcome = await rig.run();
    assert.ok(outcome.status === 'failed');
    assert.match(outcome.problems[0]!.message, /journal\.jsonl/);
  });

  describe('with plugins', () => {
    const METRIC =
      "export default { metric: { own: { summary: 'own', schema: { properties: {} }, create: () => ({}) } } };";
    const GENERATOR = METRIC.replace('metric', 'generator');

    /** A run whose config uses the plugins' components. */
    const runWith = async (changes: Partial<Config>, options: { dryRun?: boolean } = {}) => {
      const components = rig.components();
      const plugins = ['metric.mjs', 'generator.mjs']
        .map((name) => join(rig.dir, name))
        .filter((path) => existsSync(path));
      await loadPlugins(plugins, components);
      return rig.run(config({ plugins, evaluate: { samples: 1, metrics: ['own'] }, ...changes }), {
        components,
        ...options,
      });
    };

    test('measures again but does not learn again when one changes that only measures', async () => {
      rig.stages({ learn: { reads: ['generator'] } });
      rig.write('metric.mjs', METRIC);
      await runWith({});
      rig.write('metric.mjs', `${METRIC}// other`);
      await runWith({});
      assert.deepEqual(rig.ran, ['judge']);
      assert.equal(rig.reasons()['judge'], 'replace: plugin metric.mjs changed');
      assert.equal((await rig.runDirs()).length, 1);
    });

    test('does not learn again when one is added that only measures', async () => {
      rig.stages({ learn: { reads: ['generator'] } });
      await rig.run(config({ evaluate: { samples: 1, metrics: [] } }));
      rig.write('metric.mjs', METRIC);
      await runWith({});
      assert.deepEqual(rig.ran, ['judge']);
      assert.equal((await rig.runDirs()).length, 1);
    });

    test('is another run when one changes that affects the weights', async () => {
      rig.stages({ learn: { reads: ['generator'] } });
      rig.write('generator.mjs', GENERATOR);
      const own = { generator: { type: 'own' }, evaluate: { samples: 1, metrics: [] } };
      await runWith(own);
      rig.write('generator.mjs', `${GENERATOR}// other`);
      await runWith(own, { dryRun: true });
      assert.match(rig.reasons()['learn']!, /^fresh: new run; .*plugin generator\.mjs changed/);
      assert.match(rig.reasons()['prepare']!, /^skip/);
    });
  });
});

/** The current images, and a result that depends on them. */
function preparing(identity: () => Record<string, string>): Parameters<typeof stage>[0] {
  return {
    scope: 'shared',
    provides: 'data',
    reads: ['dataset.limit'],
    identity: () => Promise.resolve(identity()),
    run: ({ dir }) => {
      writeFileSync(join(dir, 'data.txt'), JSON.stringify(identity()));
      return { status: 'done', outputs: {} };
    },
  };
}

/** The file that is the content of a shared result, whatever else is in its folder. */
function withPixels(
  pixels: () => string,
  more: (dir: string) => void = () => undefined,
): Pick<Parameters<typeof stage>[0] & object, 'run' | 'content'> {
  return {
    run: ({ dir }) => {
      more(dir);
      writeFileSync(join(dir, 'pixels'), pixels());
      return { status: 'done', outputs: {} };
    },
    content: (dir) => Promise.resolve(readFileSync(join(dir, 'pixels'), 'utf8')),
  };
}
