import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { printJson } from '../../src/cli/json-option.js';
import { builtins } from '../../src/app/builtins.js';
import { Collector, commandLine } from './rig.js';

type Entry = Readonly<Record<string, unknown>>;

describe('--json', () => {
  /** Nothing else is on standard output, and nothing on standard error. */
  async function json<T>(runner: (...argv: string[]) => Promise<{ out: string; err: string }>, ...argv: string[]) {
    const { out, err } = await runner(...argv, '--json');
    assert.equal(err, '');
    assert.ok(out.endsWith('\n'));
    return JSON.parse(out) as T;
  }

  for (const [command, keys] of [
    [['list'], ['kind', 'name', 'summary', 'usage']],
    [
      ['list', 'metric'],
      ['kind', 'name', 'summary', 'usage'],
    ],
    [['explain'], ['key', 'summary', 'details', 'usage', 'option', 'options', 'choices', 'method', 'methods']],
    [
      ['explain', 'generator.unet'],
      ['key', 'summary', 'details', 'usage', 'option', 'options', 'choices', 'method', 'methods'],
    ],
    [
      ['explain', 'generator.width'],
      ['key', 'summary', 'details', 'usage', 'option', 'options', 'choices', 'method', 'methods'],
    ],
    [
      ['graph', 'a.yaml'],
      ['name', 'type', 'scope', 'engine', 'provides', 'needs', 'inputs'],
    ],
  ] as const) {
    test(`of runner ${command.join(' ')} is an array whose items have all the keys of docs/json.md`, async (t) => {
      const { cwd, runner } = await commandLine(t);
      await writeFile(join(cwd, 'a.yaml'), 'name: a\n');
      const items = await json<Entry[]>(runner, ...command);
      assert.ok(items.length > 0);
      for (const item of items) assert.deepEqual(Object.keys(item), keys);
    });
  }

  test('of runner list names every component of the kind', async (t) => {
    const { runner } = await commandLine(t);
    const items = await json<Entry[]>(runner, 'list', 'generator');
    assert.deepEqual(items.map(({ name }) => name), builtins().generator.names()); // prettier-ignore
    const all = await json<Entry[]>(runner, 'list');
    assert.deepEqual(new Set(all.map(({ kind }) => kind)), new Set(Object.keys(builtins())));
  });

  test('of runner explain has options as JSON Schema, and the choices', async (t) => {
    const { runner } = await commandLine(t);
    const [unet] = await json<[{ options: { width: Entry } }]>(runner, 'explain', 'generator.unet');
    assert.deepEqual([unet.options.width['type'], unet.options.width['default']], ['integer', 64]);
    const [generator] = await json<[{ choices: Entry[] }]>(runner, 'explain', 'generator');
    assert.ok(generator.choices.some(({ key }) => key === 'generator.resnet'));
  });

  test('of runner graph has the outputs and inputs of stages', async (t) => {
    const { cwd, runner } = await commandLine(t);
    await writeFile(join(cwd, 'a.yaml'), 'name: a\n');
    const stages = await json<Entry[]>(runner, 'graph', 'a.yaml');
    const evaluate = stages.find(({ name }) => name === 'evaluate')!;
    assert.deepEqual(evaluate['inputs'], { dataset: 'preprocess', networks: 'train' });
  });

  test('of an empty list is an empty array, not a sentence', async (t) => {
    const { runner } = await commandLine(t);
    assert.deepEqual(await json(runner, 'status'), []);
    assert.deepEqual(await json(runner, 'sweep', 'list'), []);
    const clean = await json<Entry>(runner, 'clean');
    assert.deepEqual(Object.keys(clean), ['bytes', 'freed', 'items', 'notes', 'problems']);
  });

  test('of runner data is that of runner data list', async (t) => {
    const { runner } = await commandLine(t);
    const sets = await json<{ sets: Entry[] }>(runner, 'data');
    assert.deepEqual(sets, await json(runner, 'data', 'list'));
    assert.ok(sets.sets.some(({ name }) => name === 'horse2zebra'));
  });

  test('of a sweep lists its trials with --dry-run, and is refused without', async (t) => {
    const { cwd, runner } = await commandLine(t);
    await writeFile(join(cwd, 'a.yaml'), 'name: a\ndataset: {type: synthetic}\n');
    const words = ['sweep', 'a.yaml', '--set', 'loss.lambda=5,10'];
    const { trials } = await json<{ trials: Entry[] }>(runner, ...words, '--dry-run');
    assert.deepEqual(Object.keys(trials[0]!), ['id', 'label', 'params', 'run', 'dir', 'state']);
    assert.deepEqual(trials.map(({ params }) => params), [{ 'loss.lambda': 5 }, { 'loss.lambda': 10 }]); // prettier-ignore
    const refused = await runner(...words, '--json');
    assert.deepEqual([refused.code, refused.out], [2, '']);
    assert.match(refused.err, /--json lists the trials of a sweep, with --dry-run/);
  });

  test('of runner doctor has a state for each of its findings', async (t) => {
    const { runner } = await commandLine(t, { env: { PATH: process.env['PATH'] } });
    const findings = await json<Entry[]>(runner, 'doctor');
    assert.deepEqual(findings.map(({ name }) => name), ['engine', 'device', 'node', 'processor', 'memory', 'gpu', 'disk', 'python', 'compiler', 'tensorboard']); // prettier-ignore
    for (const { state } of findings) assert.ok(['ok', 'missing', 'broken'].includes(String(state)));
  });

  test('of a command with a problem leaves standard output empty', async (t) => {
    const { runner } = await commandLine(t);
    for (const argv of [
      ['list', 'nothing'],
      ['explain', 'nothing'],
      ['graph', 'none.yaml'],
      ['status', 'nobody'],
    ]) {
      const { code, out, err } = await runner(...argv, '--json');
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, /error: /);
    }
  });

  test('has NaN and infinities as strings, and no passwords', () => {
    const stdout = new Collector();
    printJson(
      { best: NaN, worst: [Infinity, -Infinity], from: 'http://bob:secret@host/', gone: undefined },
      { stdout },
    );
    assert.deepEqual(JSON.parse(stdout.text), {
      best: 'NaN',
      worst: ['Infinity', '-Infinity'],
      from: 'http://***@host/',
    });
  });
});
