import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { readJournal } from '../../src/pipeline/journal.js';
import { acquireLock } from '../../src/support/lock.js';
import { Rig } from '../rig.js';
import { runIn } from './rig.js';

/** A stage that tells a number, and a tracker that writes down what it takes, as long as there is no file `down`. */
const PLUGIN = `
import { appendFileSync, existsSync } from 'node:fs';
const file = (name) => new URL('./' + name, import.meta.url).pathname;
const work = { summary: 'a stage of a test', schema: { properties: {} }, version: 1, reads: ['seed'], engine: false, scope: 'run', consumes: [],
  create: () => ({
    run: async ({ emit }) => {
      emit({ kind: 'metric', name: 'loss', step: 1, value: 0.5 });
      return { status: 'done', outputs: {}, summary: [], artifacts: [] };
    },
  }) };
const ledger = { summary: 'a tracker of a test', schema: { properties: {} }, create: () => ({
  async take(records) {
    if (existsSync(file('down'))) throw new Error('The ledger does not open.');
    for (const { kind, name } of records) appendFileSync(file('ledger'), kind + ' ' + name + '\\n');
  },
}) };
export default { stage: { work }, tracker: { ledger } };
`;
const CONFIG = `
name: toy
plugins: [./plugin.mjs]
tracking: {tensorboard: null, ledger: {}}
stages: {preprocess: null, train: null, evaluate: null, export: null, work: {}}
`;

describe('runner sync', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.create();
    rig.write('plugin.mjs', PLUGIN);
    rig.write('toy.yaml', CONFIG);
  });
  afterEach(() => rig.remove());

  const runner = (...argv: string[]) => runIn(rig.dir, argv);
  const run = async (...argv: string[]) => {
    const { code, out, err } = await runner('run', 'toy.yaml', ...argv);
    assert.equal(code, 0, out + err);
    return out;
  };
  const runDir = async () => (await rig.runDirs()).find((dir) => basename(dir).startsWith('toy-'))!;
  const ledger = () => readFileSync(join(rig.dir, 'ledger'), 'utf8').split('\n').slice(0, -1);
  const told = async () =>
    readJournal(join(await runDir(), 'journal.jsonl')).map(({ kind, name }) => `${kind} ${name}`);
  /** A run whose tracker has had nothing, because it was added when the run had ended. */
  const behind = async () => {
    await run('--set', 'tracking.ledger=null');
    const config = join(await runDir(), 'config.yaml');
    const text = readFileSync(config, 'utf8');
    writeFileSync(config, text.replace('tracking: {}', 'tracking: {ledger: {}}'));
    assert.match(readFileSync(config, 'utf8'), /ledger/);
  };

  test('sends missing data once, and reports it', async () => {
    await behind();
    const first = await runner('sync');
    assert.equal(first.code, 0, first.out + first.err);
    assert.match(first.out, /^toy-\w{8} {2}ledger: \d+ bytes of the journal sent$/m);
    assert.deepEqual(ledger(), await told());
    const second = await runner('sync', 'toy');
    assert.equal(second.code, 0, second.out + second.err);
    assert.match(second.out, /ledger: up to date/);
    assert.deepEqual(ledger(), await told());
  });

  test('reports a tracker that still fails, exits 1, and loses nothing', async () => {
    await behind();
    rig.write('down', '');
    const { code, out, err } = await runner('sync');
    assert.equal(code, 1);
    assert.match(out + err, /ledger: The ledger does not open\./);
    assert.match(out, /ledger: still lacks/);
    rmSync(join(rig.dir, 'down'));
    assert.equal((await runner('sync')).code, 0);
    assert.deepEqual(ledger(), await told());
  });

  test('skips a run in use, and names the process', async () => {
    await behind();
    const lock = await acquireLock(join(await runDir(), 'lock'));
    assert.ok(lock.ok);
    const { code, out } = await runner('sync');
    await lock.release();
    assert.equal(code, 0);
    assert.match(out, new RegExp(`its own process feeds its trackers \\(.*${process.pid}`));
  });

  test('has nothing to do for a run without trackers', async () => {
    await run('--set', 'tracking.ledger=null');
    const { code, out } = await runner('sync');
    assert.equal(code, 0);
    assert.match(out, /toy-\w{8} {2}no trackers/);
  });

  test('continues with other runs if one cannot be read, and exits 1', async () => {
    await behind();
    mkdirSync(join(rig.runs, 'broken-00000000'));
    rig.write('runs/broken-00000000/config.yaml', '[not, a, config]');
    const { code, out, err } = await runner('sync');
    assert.equal(code, 1);
    assert.match(err, /broken-00000000.*config\.yaml is not the config of a run/);
    assert.match(out, /of the journal sent/);
    assert.deepEqual(ledger(), await told());
  });

  test('lists the existing runs for an unknown one', async () => {
    await run('--set', 'tracking.ledger=null');
    const { code, err } = await runner('sync', 'tay');
    assert.equal(code, 2);
    assert.match(err, /There is no run "tay"/);
    assert.match(err, /toy-\w{8}/);
  });

  test('reports that there are no runs', async () => {
    const { code, out } = await runner('sync', '--runs', 'nowhere');
    assert.equal(code, 0);
    assert.match(out, /There are no runs in .*nowhere yet/);
  });
});
