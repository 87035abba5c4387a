import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { isAlive, Rig, untilGone } from '../rig.js';
import { until, untilThere, WITHIN } from '../until.js';

/**
 * A plugin with two stages. `shared` appends to a file each time it is built, and if a file `wait` exists, waits for a file `go`. `work` runs
 * in a separate process, and behaves as the file `behaviour` selects.
 */
const PLUGIN = `
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const file = (name) => join(here, name);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const common = { summary: 'a stage of a test', schema: { properties: {} }, version: 1, reads: [], consumes: [] };

const shared = { ...common, scope: 'shared', engine: false, provides: 'things', create: () => ({ async run() {
  appendFileSync(file('built'), 'x');
  writeFileSync(file('building'), '');
  while (existsSync(file('wait')) && !existsSync(file('go'))) await pause(20);
  return { status: 'done', outputs: {} };
} }) };

const behaviours = {
  async steps({ dir, signal, emit, recorded }) {
    const checkpoint = join(dir, 'step');
    let step = existsSync(checkpoint) ? Number(readFileSync(checkpoint, 'utf8')) : 0;
    const last = existsSync(file('short')) ? step + 3 : 1e6;
    while (step < last) {
      step++;
      emit({ kind: 'metric', name: 'loss', step, value: 1 / step });
      await recorded();
      writeFileSync(checkpoint, String(step));
      await pause(5);
      if (signal.aborted) return { status: 'interrupted', saved: 'step ' + step };
    }
    return { status: 'done', outputs: { step } };
  },
  async block() {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
  },
  async deaf() {
    await pause(60_000);
  },
  async exit() {
    console.error('the last words');
    process.exit(3);
  },
  async nothing() {
    return { status: 'done', outputs: {} };
  },
};

const work = { ...common, scope: 'run', engine: true, consumes: ['things'], create: () => ({ async run(context) {
  writeFileSync(file('pid'), String(process.pid));
  return behaviours[readFileSync(file('behaviour'), 'utf8')](context);
} }) };

const keeping = { summary: 'a tracker of a test', schema: { properties: {} }, create: () => ({
  async take(records) {
    for (const { step } of records) if (step !== null) writeFileSync(file('kept'), String(step));
  },
}) };

export default { stage: { shared, work }, tracker: { keeping } };
`;

const CONFIG = `
name: toy
plugins: [./plugin.mjs]
tracking: {tensorboard: null, keeping: {}}
stages:
  preprocess: null
  train: null
  evaluate: null
  export: null
  shared: {}
  work: {needs: [shared]}
`;

describe('a run and its processes', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.create();
    rig.write('plugin.mjs', PLUGIN);
    rig.write('toy.yaml', CONFIG);
  });
  afterEach(() => rig.remove());

  const at = (name: string) => join(rig.dir, name);
  const read = (name: string) => readFileSync(at(name), 'utf8');
  const runDir = async () => (await rig.runDirs())[0]!;

  /** Starts the command with a behaviour of `work`, and waits until that runs. @returns also its process id */
  async function working(behaviour: string) {
    rig.write('behaviour', behaviour);
    const command = rig.command('run', 'toy.yaml');
    await until('the work', {
      within: WITHIN.process,
      look: () => ({ pid: existsSync(at('pid')) ? read('pid') : '', output: command.output }),
      is: ({ pid }) => pid !== '',
    });
    return { command, child: Number(read('pid')) };
  }

  async function stepDone(): Promise<void> {
    const step = join(await runDir(), 'work', 'step');
    await until('a few steps', {
      within: WITHIN.process,
      look: () => (existsSync(step) ? Number(readFileSync(step, 'utf8')) : 0),
      is: (steps) => steps > 5,
    });
  }

  /** The same command resumes the run in place, and every step is in the journal once. */
  async function assertResumes(): Promise<void> {
    rig.write('short', '');
    const again = await rig.command('run', 'toy.yaml').ended;
    assert.equal(again.code, 0, again.output);
    assert.match(again.output, /work goes on: unfinished/);
    const lines = readFileSync(join(await runDir(), 'journal.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    const steps = lines
      .map((line) => JSON.parse(line) as { name: string; step: number })
      .filter(({ name }) => name === 'loss')
      .map(({ step }) => step);
    assert.ok(steps.length > 5);
    assert.deepEqual(
      steps,
      Array.from(steps, (_, i) => i + 1),
    );
  }

  test('report kill -9 of the stage’s process with advice, and can be resumed', async () => {
    const { command, child } = await working('steps');
    await stepDone();
    process.kill(child, 'SIGKILL');
    const { code, output } = await command.ended;
    assert.equal(code, 1);
    assert.match(output, /most likely because memory ran out/);
    assert.match(output, /lower dataset\.batch_size/);
    const step = readFileSync(join(await runDir(), 'work', 'step'), 'utf8');
    assert.ok(Number(read('kept')) >= Number(step), 'trackers have received all records before the checkpoint');
    await assertResumes();
  });

  test('leave no process behind after kill -9 of the command, and can be resumed', async () => {
    const { command, child } = await working('steps');
    await stepDone();
    command.process.kill('SIGKILL');
    await command.ended;
    await untilGone(child);
    await assertResumes();
  });

  test('end a stage whose thread is blocked after kill -9 of the command', async () => {
    const { command, child } = await working('block');
    command.process.kill('SIGKILL');
    await command.ended;
    await untilGone(child);
  });

  test('let the stage save after Ctrl-C, exit with 130, and can be resumed', async () => {
    const { command, child } = await working('steps');
    await stepDone();
    // A terminal sends it to both processes.
    process.kill(child, 'SIGINT');
    command.process.kill('SIGINT');
    const { code, output } = await command.ended;
    assert.equal(code, 130, output);
    assert.match(output, /Ctrl-C again stops now/);
    assert.match(output, /kept: step \d+/);
    assert.ok(!isAlive(child));
    await assertResumes();
  });

  test('let the stage save after the terminal is closed, and can be resumed', async () => {
    const { command } = await working('steps');
    await stepDone();
    command.process.stdout!.destroy();
    command.process.stderr!.destroy();
    command.process.kill('SIGHUP');
    assert.equal((await command.ended).code, 130);
    const { status } = JSON.parse(readFileSync(join(await runDir(), 'work', 'stage.json'), 'utf8')) as {
      status: string;
    };
    assert.equal(status, 'interrupted');
    await assertResumes();
  });

  test('continue to the end if the reader of the output exits, as `head` does', async () => {
    rig.write('behaviour', 'steps');
    rig.write('short', '');
    const command = rig.command('run', 'toy.yaml');
    await command.says(/./);
    command.process.stdout!.destroy();
    assert.equal((await command.ended).code, 0);
    assert.match((await rig.command('run', 'toy.yaml').ended).output, /Everything is up to date/);
  });

  test('report a stage’s process that is killed while it stops as killed, not as stopped', async () => {
    const { command, child } = await working('deaf');
    command.process.kill('SIGINT');
    await command.says(/Ctrl-C again/);
    process.kill(child, 'SIGKILL');
    const { code, output } = await command.ended;
    assert.equal(code, 1);
    assert.match(output, /most likely because memory ran out/);
  });

  test('end a stage that ignores the stop signal after a second Ctrl-C', async () => {
    const { command, child } = await working('deaf');
    command.process.kill('SIGINT');
    await command.says(/Ctrl-C again/);
    command.process.kill('SIGINT');
    const { code } = await command.ended;
    assert.equal(code, 130);
    assert.ok(!isAlive(child));
    assert.ok(!existsSync(join(await runDir(), 'lock')), 'the lock is released');
  });

  test('report a stage’s process that ends without a result with its last output', async () => {
    rig.write('behaviour', 'exit');
    const { code, output } = await rig.command('run', 'toy.yaml').ended;
    assert.equal(code, 1);
    assert.match(output, /ended with code 3 without a result[^]*the last words/);
  });

  test('make a second command on the same run fail at once, with the holder’s process id', async () => {
    const { command } = await working('deaf');
    const second = await rig.command('run', 'toy.yaml').ended;
    assert.equal(second.code, 1);
    assert.match(second.output, new RegExp(`being worked on by process ${command.process.pid}\\b`));
    command.process.kill('SIGKILL');
    await command.ended;
  });

  test('build a shared stage that two runs need only once, while the other run reports that it waits', async () => {
    rig.write('behaviour', 'nothing');
    rig.write('wait', '');
    const first = rig.command('run', 'toy.yaml');
    await untilThere(at('building'));
    const second = rig.command('run', 'toy.yaml', '--set', 'seed=7');
    await second.says(/waiting for it/);
    rig.write('go', '');
    for (const { code, output } of await Promise.all([first.ended, second.ended])) assert.equal(code, 0, output);
    assert.equal(read('built'), 'x');
    assert.match(second.output, /made meanwhile by run toy/);
  });

  test('take over a shared stage from a builder that dies, and remove its leftovers', async () => {
    rig.write('behaviour', 'nothing');
    rig.write('wait', '');
    const first = rig.command('run', 'toy.yaml');
    await untilThere(at('building'));
    const second = rig.command('run', 'toy.yaml', '--set', 'seed=7');
    await second.says(/waiting for it/);
    first.process.kill('SIGKILL');
    rig.write('go', '');
    const { code, output } = await second.ended;
    assert.equal(code, 0, output);
    assert.match(output, /the lock of a dead process is taken over/);
    assert.equal(read('built'), 'xx');
    const store = readdirSync(join(rig.runs, '.store', 'shared'));
    assert.deepEqual(
      store.map((name) => name.replace(/^[0-9a-f]{64}$/, 'published')),
      ['published'],
    );
  });

  test('skip a plugin’s finished stage, and run it again when the plugin changes', async () => {
    rig.write('behaviour', 'nothing');
    assert.equal((await rig.command('run', 'toy.yaml').ended).code, 0);
    assert.match((await rig.command('run', 'toy.yaml').ended).output, /Everything is up to date/);
    writeFileSync(at('plugin.mjs'), `${PLUGIN}\n`);
    const dry = await rig.command('run', 'toy.yaml', '--dry-run').ended;
    assert.match(dry.output, /work +run again +plugin plugin\.mjs changed/);
  });
});
