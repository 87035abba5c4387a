import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { both, writeRun } from '../comparison/run-folders.js';
import { commandLine, runIn } from './rig.js';

const higher = { better: 'higher', unit: 'dB' };

/** Three runs; the first is the oldest. */
async function threeRuns(t: TestContext) {
  const shell = await commandLine(t);
  const runs = join(shell.cwd, 'runs');
  const lambda = (value: number) => ({ loss: { lambda: { forward: value, backward: value } } });
  await writeRun(runs, 'toy-00000001', {
    config: lambda(5),
    metrics: both('psnr', 16, 18, higher),
    started: '2026-01-01T10:00:00.000Z',
  });
  await writeRun(runs, 'toy-00000002', {
    config: lambda(10),
    metrics: both('psnr', 20, 21, higher),
    started: '2026-01-02T10:00:00.000Z',
  });
  await writeRun(runs, 'art-00000003', {
    config: { ...lambda(10), generator: { type: 'resnet' } },
    status: 'failed',
    started: '2026-01-03T10:00:00.000Z',
  });
  const names = async (...args: string[]) => {
    const { out, err } = await shell.runner('runs', '--csv', '--columns', 'name', ...args);
    return err === ''
      ? out
          .split('\r\n')
          .slice(1, -1)
          .map((name) => Number(name.slice(-1)))
      : err;
  };
  return { ...shell, runs, names };
}

describe('runner runs', () => {
  test('shows name, status, start, the keys that differ and the means of metrics, the latest run first', async (t) => {
    const { runner } = await threeRuns(t);
    const { out, code } = await runner('runs');
    const [head, ...rows] = out.split('\n');
    assert.equal(code, 0);
    assert.match(head!, /^name +status +started +lambda +generator\.type +psnr$/);
    assert.match(rows[0]!, /^art-00000003 +failed +2026-01-03 10:00 +10 +resnet +–$/);
    assert.match(rows[1]!, /^toy-00000002 +done +2026-01-02 10:00 +10 +unet +20\.50$/);
    assert.match(rows[2]!, /^toy-00000001 +done +2026-01-01 10:00 +5 +unet +17$/);
  });

  test('filters by config keys, components, metrics and facts on the run, all of which must hold', async (t) => {
    const { names } = await threeRuns(t);
    assert.deepEqual(await names('--where', 'loss.lambda=10'), [3, 2]);
    assert.deepEqual(await names('--where', 'loss.lambda!=10'), [1]);
    assert.deepEqual(await names('--where', 'loss.lambda.forward<10'), [1]);
    assert.deepEqual(await names('--where', 'generator=resnet'), [3]);
    assert.deepEqual(await names('--where', 'psnr>=17'), [2, 1]);
    assert.deepEqual(await names('--where', 'psnr>17'), [2]);
    assert.deepEqual(await names('--where', 'AtoB/psnr<=16'), [1]);
    assert.deepEqual(await names('--where', 'name~TOY', '--where', 'loss.lambda=10'), [2]);
    assert.deepEqual(await names('--where', 'started>2026-01-02'), [3, 2]);
    assert.deepEqual(await names('--where', 'psnr=null'), [3]);
  });

  test('takes the means of metrics with parts as columns, keys and order, in the table, in CSV and in JSON', async (t) => {
    const { names, runner, runs } = await threeRuns(t);
    for (const [i, recall] of [0.2, 0.6, 0.4].entries()) {
      const metrics = both('pr/recall', recall, recall + 0.2, { better: 'higher' });
      await writeRun(runs, `toy-0000000${i + 1}`, { metrics });
    }
    assert.deepEqual(await names('--where', 'name~toy', '--sort', 'pr/recall'), [2, 3, 1]);
    assert.deepEqual(await names('--where', 'pr/recall>0.45', '--sort', 'name'), [2, 3]);
    assert.deepEqual(await names('--where', 'name~toy', '--sort', 'pr'), [2, 3, 1], 'the beginning of a metric');
    assert.match((await runner('runs')).out, /^name .* pr\/recall\n/);
    assert.match((await runner('runs', '--csv')).out, /^name,.*,pr\/recall,AtoB\/pr\/recall,/);
    const [run] = JSON.parse((await runner('runs', '--json', '--sort', 'pr/recall')).out) as [{ means: object }];
    assert.deepEqual(run.means, { 'pr/recall': { value: 0.7, better: 'higher' } });
    assert.match((await runner('runs', '--sort', 'recall')).err, /Did you mean "pr\/recall"\?/);
  });

  test('takes the means of the validation, which are columns only where nothing is measured on test images', async (t) => {
    const { names, runner, runs } = await threeRuns(t);
    const trained = (value: number) => ({ metrics: { validate: both('psnr', value, value + 1, higher) } });
    await writeRun(runs, 'toy-00000001', { trained: trained(19), metrics: both('psnr', 16, 18, higher) });
    await writeRun(runs, 'toy-00000002', { trained: trained(17), metrics: both('psnr', 20, 21, higher) });
    assert.deepEqual(await names('--where', 'name~toy', '--sort', 'validate/psnr'), [1, 2]);
    assert.deepEqual(await names('--where', 'validate/psnr<18'), [2]);
    assert.doesNotMatch((await runner('runs')).out, /validate/);
    assert.match((await runner('runs', '--csv')).out, /^name,.*,validate\/psnr,/);
    await rm(runs, { recursive: true });
    await writeRun(runs, 'toy-00000001', { trained: trained(19) });
    assert.match((await runner('runs')).out, /^name .* validate\/psnr\n/);
  });

  test('takes a metric of one direction as its mean, recorded as such or by a version that did not record that', async (t) => {
    const { names, runner, runs } = await threeRuns(t);
    for (const [i, facts] of [{ directions: ['AtoB'], options: 'a' }, {}].entries()) {
      const { AtoB, BtoA } = both('psnr', 16, 18, higher) as { AtoB: object; BtoA: object };
      const rate = { value: i / 10, better: 'higher', ...facts };
      await writeRun(runs, `toy-0000000${i + 1}`, { metrics: { AtoB: { ...AtoB, rate }, BtoA } as never });
    }
    assert.deepEqual(await names('--where', 'name~toy', '--sort', 'rate'), [2, 1]);
    assert.match((await runner('runs')).out, /^name .* rate *\n/);
  });

  test('refuses to sort by a metric that only finds faults', async (t) => {
    const { cwd, runner } = await commandLine(t);
    await writeRun(join(cwd, 'runs'), 'toy-00000001', { metrics: both('inversion', 0.5, 0.6, { better: 'higher' }) });
    const { code, err } = await runner('runs', '--sort', 'inversion');
    assert.equal(code, 2);
    assert.match(err, /"inversion" only finds faults[\s\S]*--where/);
  });

  test('sorts a metric by what is better, other keys ascending, and a minus reverses; runs without a value stay last', async (t) => {
    const { names } = await threeRuns(t);
    assert.deepEqual(await names('--sort', 'psnr'), [2, 1, 3]);
    assert.deepEqual(await names('--sort', '-psnr'), [1, 2, 3]);
    assert.deepEqual(await names('--sort', 'BtoA/psnr'), [2, 1, 3]);
    assert.deepEqual(await names('--sort', 'ps'), [2, 1, 3], 'the beginning of a metric');
    assert.deepEqual(await names('--sort', 'loss.lambda'), [1, 3, 2]);
    assert.deepEqual(await names('--sort', 'name'), [3, 1, 2]);
    assert.deepEqual(await names('--sort', 'started'), [1, 2, 3]);
    assert.deepEqual(await names(), [3, 2, 1]);
    assert.deepEqual(await names('--limit', '2'), [3, 2]);
  });

  test('puts the lowest first where lower is better', async (t) => {
    const { names, runs } = await threeRuns(t);
    await rm(runs, { recursive: true });
    await writeRun(runs, 'a-00000001', { metrics: both('kd', 3, 3, { better: 'lower' }) });
    await writeRun(runs, 'a-00000002', { metrics: both('kd', NaN, 1, { better: 'lower' }) });
    await writeRun(runs, 'a-00000003', { metrics: both('kd', 2, 2, { better: 'lower' }) });
    assert.deepEqual(await names('--sort', 'kd'), [3, 1, 2]);
  });

  test('names the key that was meant, and lists all mistakes of a command line', async (t) => {
    const { runner } = await threeRuns(t);
    const { code, err, out } = await runner('runs', '--where', 'lambda=10', '--sort', 'pnsr', '--columns', 'generater');
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, /"lambda"\.\n.*Did you mean "loss\.lambda"\?/);
    assert.match(err, /"pnsr"\.\n.*Did you mean "psnr"\?/);
    assert.match(err, /"generater"\.\n.*Did you mean "generator"\?/);
    assert.match((await runner('runs', '--where', 'psnr')).err, /--where takes a key or metric, .* found "psnr"/);
    assert.match((await runner('runs', '--limit', 'all')).err, /--limit takes a whole number .* found "all"/);
  });

  test('says that no run matches, and that there are no runs', async (t) => {
    const { runner, cwd } = await threeRuns(t);
    const none = await runner('runs', '--where', 'loss.lambda=7');
    assert.deepEqual([none.code, none.out], [0, `None of 3 runs in ${join(cwd, 'runs')} has loss.lambda=7.\n`]);
    const empty = await runner('runs', '--runs', 'elsewhere', '--sort', 'psnr');
    assert.deepEqual([empty.code, empty.out], [0, `There are no runs in ${join(cwd, 'elsewhere')} yet.\n`]);
    assert.equal((await runner('runs', '--runs', 'elsewhere', '--json')).out, '[]\n');
  });

  test('prints all facts, keys and metrics of each run as JSON', async (t) => {
    const { runner, runs } = await threeRuns(t);
    const interval = [15, 17];
    await writeRun(runs, 'toy-00000001', {
      metrics: { AtoB: { psnr: { value: 16, count: 20, interval, ...higher } } },
    });
    const { out } = await runner('runs', '--json', '--where', 'name~0001');
    const [run] = JSON.parse(out) as [Record<string, unknown>];
    const { config, ...facts } = run;
    assert.deepEqual(facts, {
      ...{ name: 'toy-00000001', dir: join(runs, 'toy-00000001'), status: 'done', problem: null, seconds: 20 },
      ...{ started: '2026-01-02T03:04:05.000Z', finished: '2026-01-02T03:04:05.000Z' },
      metrics: { 'AtoB/psnr': { value: 16, better: 'higher', unit: 'dB', interval, count: 20 } },
      means: { psnr: { value: 16, better: 'higher', unit: 'dB' } },
    });
    assert.equal((config as { seed: number }).seed, 1);
  });

  test('prints CSV with all keys and metrics, and the ends of intervals where a run has them', async (t) => {
    const { runner, runs } = await threeRuns(t);
    const metrics = { AtoB: { psnr: { value: 16, interval: [15, 17], ...higher } } };
    await writeRun(runs, 'toy-00000001', { metrics, config: { name: 'a, "b"' } });
    const { out } = await runner(
      'runs',
      '--csv',
      '--columns',
      'name,loss.lambda,AtoB/psnr,BtoA/psnr',
      '--sort',
      'name',
    );
    assert.deepEqual(out.split('\r\n'), [
      'name,loss.lambda,AtoB/psnr,AtoB/psnr low,AtoB/psnr high,BtoA/psnr',
      'art-00000003,10,,,,',
      'toy-00000001,10,16,15,17,',
      'toy-00000002,10,20,,,21',
      '',
    ]);
    const [head] = (await runner('runs', '--csv')).out.split('\r\n');
    assert.match(head!, /^name,status,started,.*,loss\.lambda,.*,psnr,AtoB\/psnr,AtoB\/psnr low,/);
  });

  test('keeps broken, unfinished and foreign folders from hiding the others', async (t) => {
    const { runner, runs } = await threeRuns(t);
    await mkdir(join(runs, 'notes'));
    await writeFile(join(runs, 'notes', 'a.txt'), 'not a run');
    await writeFile(join(runs, 'toy-00000001', 'config.yaml'), 'loss: [');
    await writeFile(join(runs, 'toy-00000002', 'evaluate', 'stage.json'), '{"format": 3, "half');
    await writeRun(runs, 'half-00000004', { status: 'interrupted', metrics: both('psnr', 1, 1, higher) });
    await mkdir(join(runs, 'new-00000005'));
    await writeFile(join(runs, 'new-00000005', 'journal.jsonl'), '');
    const { out, err } = await runner('runs', '--csv', '--columns', 'name,status,seed,problem', '--sort', 'name');
    const rows = out.split('\r\n').map((line) => line.split(','));
    assert.deepEqual(
      [err, rows.map(([name, status]) => `${name} ${status}`)],
      [
        '',
        [
          'name status',
          'art-00000003 failed',
          'half-00000004 unfinished',
          'new-00000005 damaged',
          'toy-00000001 damaged',
          'toy-00000002 damaged',
          ' undefined',
        ],
      ],
    );
    assert.match(rows[1]![3]!, /no longer finite/);
    assert.match(rows[4]![3]!, /config\.yaml is damaged/);
    assert.deepEqual(
      rows.map((row) => row[2]),
      ['seed', '1', '1', '', '', '1', undefined],
    );
  });

  test('fits the width of a terminal, and says which columns it leaves out', async (t) => {
    const { runs, cwd } = await threeRuns(t);
    for (let i = 1; i <= 9; i++) {
      const metrics = {
        AtoB: Object.fromEntries(Array.from({ length: 12 }, (_, k) => [`metric-${k}`, { value: i + k }])),
      };
      await writeRun(runs, `wide-0000001${i}`, { metrics });
    }
    const { out } = await runIn(cwd, ['runs', '--sort', 'metric-7'], { tty: true, env: { NO_COLOR: '1' } });
    const lines = out.split('\n');
    assert.ok(
      lines.slice(0, 10).every((line) => line.length <= 100),
      out,
    );
    assert.match(lines[0]!, /^name .* metric-7/, 'what it is sorted by is shown');
    assert.match(out, /\nNot shown, as they do not fit: .*metric-11.* \(--columns chooses, --csv has all\)\n$/);
  });
});
