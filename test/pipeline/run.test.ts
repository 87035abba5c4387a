import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Config } from '../../src/config/config.js';
import type { FinishedOutcome, RunOutcome } from '../../src/pipeline/run.js';
import { readJournal } from '../../src/pipeline/journal.js';
import { ProblemError } from '../../src/support/problem.js';
import { contentsOf } from '../data/files.js';
import { config, Rig } from '../rig.js';

const lambda = (value: number): Partial<Config> => ({
  loss: { ...config().loss, lambda: { forward: value, backward: value } },
});

describe('a run', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.create();
  });
  afterEach(() => rig.remove());

  test('runs every stage, in order, and leaves what it takes to repeat it', async () => {
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

  test('does not publish what was made while its input files changed', async () => {
    let pictures = 1;
    rig.stages({
      prepare: {
        identity: () => Promise.resolve({ pictures }),
        run: () => {
          pictures++;
          return { status: 'done', outputs: {} };
        },
      },
    });
    assert.equal((await rig.run()).status, 'failed');
    assert.equal(rig.event('stage-failed').problems[0]?.code, 'files-changed');
    rig.stages({ prepare: { identity: () => Promise.resolve({ pictures }) } });
    assert.equal((await rig.run()).status, 'done');
    assert.ok(rig.ran.includes('prepare'), 'nothing was published before');
  });

  test('makes again what somebody has removed, in place for a run and anew in the store', async () => {
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

  test('hands a stage its inputs, and what its config declares', async () => {
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

  test('that is finished is up to date', async () => {
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

  test('with a changed lambda reuses preparation and says why it learns again', async () => {
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

  test('with another tracker or engine mode is the same run, and does not learn again', async () => {
    rig.stages({ learn: { reads: ['name', 'tracking', 'engine'] } });
    await rig.run();
    const engine = { mode: 'another' as never, precision: 'float32' } as const;
    await rig.run(config({ tracking: { nothing: {} }, engine }), { dryRun: true });
    assert.match(rig.reasons()['learn']!, /^skip/);
  });

  test('with another precision is another run, which learns again', async () => {
    rig.stages({ learn: { reads: ['engine'] } });
    await rig.run();
    await rig.run(config({ engine: { mode: 'graph', precision: 'bfloat16' } }));
    assert.match(rig.reasons()['learn']!, /^fresh: new run; .*engine\.precision: float32 -> bfloat16$/);
    assert.equal((await rig.runDirs()).length, 2);
  });

  test('with another name is another run, whose stages have the same fingerprints', async () => {
    rig.stages({ learn: { reads: ['name'] } });
    const fingerprintOf = async (outcome: Promise<RunOutcome>) => {
      const { plan } = (await outcome) as FinishedOutcome;
      return [plan.runName.split('-')[0], plan.stages[1]!.fingerprint];
    };
    const [first, one] = await fingerprintOf(rig.run());
    const [second, other] = await fingerprintOf(rig.run(config({ name: 'other' })));
    assert.deepEqual([first, second], ['toy', 'other']);
    assert.equal(one, other);
  });

  test('whose evaluation changes stays the same run and sets the former result aside', async () => {
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

  test('whose input files change sets aside what came of them, and counts them', async () => {
    let files: Record<string, string> = { 'a.png': '1' };
    rig.stages({ prepare: { identity: () => Promise.resolve(files) } });
    await rig.run();
    files = { 'a.png': '2', 'b.png': '1', 'c.png': '1', 'd.png': '1' };
    await rig.run();
    assert.match(rig.reasons()['prepare']!, /its input files changed \(3 added, a\.png changed\)/);
    assert.deepEqual(rig.reasons()['learn'], 'replace: its input prepare changed');
    assert.equal((await rig.runDirs()).length, 1);
  });

  test('says of pictures how many there are instead, or that they changed', async () => {
    const trainA = { count: 12, sha256: 'a' };
    let files = { trainA, trainB: trainA, testA: trainA };
    rig.stages({ prepare: { identity: () => Promise.resolve(files) } });
    await rig.run();
    files = { ...files, trainA: { count: 13, sha256: 'b' }, trainB: { count: 12, sha256: 'b' } };
    await rig.run();
    const reason = rig.reasons()['prepare']!;
    assert.match(reason, /: trainA has 13 pictures instead of 12, the pictures of trainB changed$/);
  });

  test('goes on in place with a stage that failed, and not with one whose fingerprint changed', async () => {
    let fail = true;
    const learn = {
      run: ({ dir }: { dir: string }) => {
        if (fail) {
          writeFileSync(join(dir, 'checkpoint'), 'half');
          throw new ProblemError({ code: 'bad-luck', message: 'bad luck' });
        }
        return { status: 'done' as const, outputs: { found: existsSync(join(dir, 'checkpoint')) } };
      },
    };
    rig.stages({ learn });
    assert.equal((await rig.run()).status, 'failed');
    assert.equal(rig.event('stage-failed').problems[0]!.code, 'bad-luck');
    fail = false;
    await rig.run();
    assert.match(rig.reasons()['learn']!, /^resume: unfinished: it failed/);
    assert.deepEqual(rig.event('stage-finished').outputs, { found: true });
    rig.stages({ learn: { ...learn, version: 2 } });
    await rig.run();
    assert.equal(rig.reasons()['learn'], 'replace: its version: 1 -> 2');
    assert.deepEqual(rig.event('stage-finished').outputs, { found: false });
  });

  test('a bug in a stage fails the run with its stack', async () => {
    rig.stages({
      learn: {
        run: () => {
          throw new TypeError('oops');
        },
      },
    });
    assert.equal((await rig.run()).status, 'failed');
    assert.match(rig.event('stage-failed').bug!, /TypeError: oops[^]*run\.test/);
  });

  test('an undeclared look into the config names the stage and the path', async () => {
    rig.stages({ learn: { run: ({ config: view }) => ({ status: 'done', outputs: { epochs: view.train.epochs } }) } });
    assert.equal((await rig.run()).status, 'failed');
    assert.match(rig.event('stage-failed').problems[0]!.message, /Stage "learn" reads "train"/);
  });

  test('a shared stage that fails leaves nothing that looks finished', async () => {
    rig.stages({
      prepare: {
        run: ({ dir }) => {
          writeFileSync(join(dir, 'data.txt'), 'half');
          throw new ProblemError({ code: 'bad-luck', message: 'bad luck' });
        },
      },
    });
    await rig.run();
    assert.deepEqual(await readdir(join(rig.runs, '.store', 'prepare')), []);
  });

  test('wrong input files are told before anything starts', async () => {
    rig.stages({
      judge: { identity: () => Promise.reject(new ProblemError({ code: 'empty-domain', message: 'no pictures' })) },
    });
    const outcome = await rig.run();
    assert.ok(outcome.status === 'invalid' && outcome.problems[0]!.code === 'empty-domain');
    assert.deepEqual(rig.ran, []);
    assert.ok(!existsSync(rig.runs));
  });

  test('a dry run changes nothing', async () => {
    const outcome = await rig.run(config(), { dryRun: true });
    assert.equal(outcome.status, 'planned');
    assert.deepEqual(rig.reasons(), {
      prepare: 'fresh: never run',
      learn: 'fresh: never run',
      judge: 'fresh: never run',
    });
    assert.ok(!existsSync(rig.runs));
  });

  test('--force runs a stage again and what consumes it, and keeps the former result', async () => {
    await rig.run();
    await rig.run(config(), { selection: { force: ['learn'] } });
    assert.deepEqual(rig.ran, ['learn', 'judge']);
    assert.equal(rig.reasons()['judge'], 'replace: its input learn is made again');
    assert.equal(rig.events.filter(({ kind }) => kind === 'set-aside').length, 2);
  });

  test('--force that is cut short: what consumed the former result runs again, too, once the new one is there', async () => {
    await rig.run();
    let behave: () => void = () => {
      throw new ProblemError({ code: 'bad-luck', message: 'bad luck' });
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

  test('a result that someone removed is made again, and so is what came of it; its steps are recorded anew', async () => {
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

  test('a shared result that is made again with another content runs again what consumes it, at once and in other runs', async () => {
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

  test('numbers that JSON has not survive in a result', async () => {
    rig.stages({ learn: { run: () => ({ status: 'done', outputs: { metrics: { fid: NaN, psnr: Infinity } } }) } });
    await rig.run();
    const again = await rig.run();
    assert.ok(again.status === 'up-to-date');
    assert.deepEqual(again.stages[1]!.outputs, { metrics: { fid: NaN, psnr: Infinity } });
  });

  test('a result of another version of runner is set aside', async () => {
    await rig.run();
    const [runDir] = await rig.runDirs();
    writeFileSync(join(runDir!, 'learn', 'stage.json'), '{"format": 0, "fingerprint": "x", "parts": {}}');
    await rig.run();
    assert.match(rig.reasons()['learn']!, /^replace: what is there was made by another version of runner/);
    assert.deepEqual(rig.ran, ['learn', 'judge']);
  });

  test('environment.json tells of each stage what every attempt was made with', async () => {
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

  test('stops while input files are looked at, when the user wants that', async () => {
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

  test('that another machine seems to be at names the lock to remove', async () => {
    await rig.run(config(), { selection: { force: [], until: 'prepare' } });
    const [runDir] = await rig.runDirs();
    const lock = join(runDir!, 'lock');
    writeFileSync(lock, JSON.stringify({ id: 'x', pid: 1, host: 'elsewhere', start: '2020-01-01', process: 'x' }));
    const outcome = await rig.run();
    assert.ok(outcome.status === 'failed');
    assert.ok(outcome.problems[0]!.cure!.endsWith(`If elsewhere does not run it any more, remove the file ${lock}.`));
  });

  test('--force of a shared stage publishes it anew', async () => {
    await rig.run();
    await rig.run(config(), { selection: { force: ['prepare'] } });
    assert.deepEqual(rig.ran, ['prepare']);
    assert.equal((await rig.run()).status, 'up-to-date');
  });

  test('--until runs a stage and what it needs', async () => {
    await rig.run(config(), { selection: { force: [], until: 'learn' } });
    assert.deepEqual(rig.ran, ['prepare', 'learn']);
  });

  test('--only runs one stage, and says so when its inputs are not there', async () => {
    const only = await rig.run(config(), { selection: { force: [], only: 'learn' } });
    assert.ok(only.status === 'invalid');
    assert.equal(only.problems[0]!.code, 'input-not-made');
    await rig.run(config(), { selection: { force: [], until: 'prepare' } });
    await rig.run(config(), { selection: { force: [], only: 'learn' } });
    assert.deepEqual(rig.ran, ['learn']);
  });

  test('a stage that is not there cannot be forced', async () => {
    const outcome = await rig.run(config(), { selection: { force: ['lern'] } });
    assert.ok(outcome.status === 'invalid' && outcome.problems[0]!.code === 'unknown-stage');
  });

  test('--from hands the other run’s result to the stage that goes on from it, and makes another run', async () => {
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

  test('--from a run whose stage is not finished says what to do', async () => {
    rig.stages({ learn: { run: () => Promise.reject(new ProblemError({ code: 'bad-luck', message: 'bad luck' })) } });
    await rig.run();
    const outcome = await rig.run(config(), { from: 'toy' });
    assert.ok(outcome.status === 'invalid' && outcome.problems[0]!.code === 'parent-unfinished');
    assert.match(outcome.problems[0]!.message, /"learn" of the run toy-[0-9a-f]{8} is not finished/);
  });

  test('--from a run that was made again since goes on from the new result', async () => {
    await rig.run();
    const parent = basename((await rig.runDirs())[0]!);
    await rig.run(config(), { from: parent });
    await rig.run(config(), { selection: { force: ['learn'] } });
    await rig.run(config(), { from: parent });
    assert.equal(rig.reasons()['learn'], `replace: its input ${join(parent, 'learn')} is made again`);
  });

  test('--from takes a folder relative to where the command is given', async () => {
    await rig.run();
    const path = join('runs', basename((await rig.runDirs())[0]!));
    assert.equal((await rig.run(config(), { from: path })).status, 'done');
  });

  test('--from a run that is not there names the nearest', async () => {
    await rig.run();
    const name = basename((await rig.runDirs())[0]!);
    const outcome = await rig.run(config(), { from: `x${name}` });
    assert.ok(outcome.status === 'invalid' && outcome.problems[0]!.code === 'unknown-run');
    assert.match(outcome.problems[0]!.cure!, new RegExp(name));
  });

  test('short overrides that count are in the name, and the same config without them finds the run', async () => {
    const changed = config({ ...lambda(5), evaluate: { samples: 3, metrics: [] } });
    const overrides = [
      { path: ['loss', 'lambda'], value: 5 },
      { path: ['evaluate', 'samples'], value: 3 },
    ];
    await rig.run(changed, { experiment: { config: changed, overrides } });
    assert.match(basename((await rig.runDirs())[0]!), /^toy,lambda=5-[0-9a-f]{8}$/);
    assert.equal((await rig.run(changed)).status, 'up-to-date');
  });

  test('overrides that are no file names become ones', async () => {
    const overrides = [{ path: ['dataset', 'path'], value: `../data/a b${'x'.repeat(200)}/` }];
    await rig.run(config(), { experiment: { config: config(), overrides } });
    const name = basename((await rig.runDirs())[0]!);
    assert.match(name, /^toy,path=a_bx+-[0-9a-f]{8}$/);
    assert.ok(name.length < 100);
  });

  test('overrides are named as shortly as tells them apart, and left out whole where there is no room', async () => {
    const nameOf = async (...overrides: { path: string[]; value: string | number }[]) => {
      const outcome = await rig.run(config(), { experiment: { config: config(), overrides }, dryRun: true });
      assert.ok(outcome.status === 'planned');
      return outcome.plan.runName.replace(/-[0-9a-f]{8}$/, '');
    };
    const widths = [
      { path: ['generator', 'width'], value: 32 },
      { path: ['discriminator', 'width'], value: 16 },
    ];
    assert.equal(
      await nameOf(...widths, { path: ['seed'], value: 7 }),
      'toy,generator.width=32,discriminator.width=16,seed=7',
    );
    assert.equal(
      await nameOf(...widths, { path: ['generator', 'type'], value: 'resnet-deeper' }),
      'toy,generator.width=32,discriminator.width=16',
    );
    assert.equal(await nameOf({ path: ['generator', 'type'], value: 'unet' }), 'toy,type=unet');
  });

  test('of an address only host and file are in the name: neither password nor token', async () => {
    const url = 'https://bob:SECRET@a.org/sets/set.zip?sig=SECRET';
    for (const override of [
      { path: ['dataset', 'url'], value: url },
      { path: ['dataset'], value: { url } },
    ]) {
      const experiment = { config: config(), overrides: [override] };
      const outcome = await rig.run(config({ seed: override.path.length }), { experiment, dryRun: true });
      assert.ok(outcome.status === 'planned');
      assert.match(outcome.plan.runName, /=.*a\.org_set\.zip/);
      assert.doesNotMatch(outcome.plan.runName, /SECRET|bob/);
    }
  });

  test('a password in an address is in no record, and another one makes nothing again', async () => {
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

  test('is interrupted between stages when the user stops, and goes on with the next', async () => {
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

  test('a tracker that fails does not harm it', async () => {
    const components = rig.components();
    components.tracker.add('broken', {
      summary: 'fails',
      schema: { properties: {} },
      create: () => ({
        take: () => Promise.reject(new ProblemError({ code: 'wrong-token', message: 'The token is wrong.' })),
        close: () => Promise.reject(new Error('down')),
      }),
    });
    rig.stages({});
    const outcome = await rig.run(config({ tracking: { broken: {} } }), { components });
    assert.equal(outcome.status, 'done');
    const warnings = rig.events.flatMap((event) =>
      event.kind === 'note' && event.level === 'warning' ? [event.text] : [],
    );
    assert.match(warnings[0]!, /^broken: The token is wrong\. The run goes on without it; nothing is lost\.$/);
    assert.match(warnings[1]!, /^broken has not had all .* `runner sync toy-/);
  });

  test('a file where the runs should be is a problem that says so', async () => {
    writeFileSync(rig.runs, '');
    const outcome = await rig.run();
    assert.ok(outcome.status === 'failed' || outcome.status === 'invalid');
    assert.match(outcome.problems[0]!.message, /folder was expected|something else is there/);
  });

  test('a journal that cannot be written fails the run and says so', async () => {
    await rig.run(config(), { selection: { force: [], until: 'prepare' } });
    const journal = join((await rig.runDirs())[0]!, 'journal.jsonl');
    rmSync(journal);
    mkdirSync(journal);
    const outcome = await rig.run();
    assert.ok(outcome.status === 'failed');
    assert.match(outcome.problems[0]!.message, /journal\.jsonl/);
  });

  test('a plugin counts by its content', async () => {
    const plugin = rig.write('plugin.mjs', 'export default {};');
    await rig.run(config({ plugins: [plugin] }));
    rig.write('plugin.mjs', 'export default { };');
    await rig.run(config({ plugins: [plugin] }), { dryRun: true });
    assert.match(rig.reasons()['learn']!, /plugin plugin\.mjs changed/);
  });
});
