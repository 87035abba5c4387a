import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { outliveOutput } from '../../src/cli/outlive-output.js';

for (const code of ['EPIPE', 'EIO', 'ENXIO']) {
  test(`output falls silent after ${code}`, () => {
    const stream = new PassThrough();
    const outlived = outliveOutput([stream], assert.fail);
    stream.emit('error', Object.assign(new Error('gone'), { code }));
    stream.write('anybody there?');
    assert.equal(stream.read(), null);
    assert.equal(outlived.terminalClosed, code !== 'EPIPE');
  });
}

test('output that a full disk loses is reported once', () => {
  const stream = new PassThrough();
  const lost: unknown[] = [];
  const outlived = outliveOutput([stream], ({ code }) => lost.push(code));
  for (let i = 0; i < 2; i++)
    stream.emit('error', Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write' }));
  stream.write('anybody there?');
  assert.equal(stream.read(), null);
  assert.deepEqual(lost, ['ENOSPC']);
  assert.equal(outlived.lost?.code, 'ENOSPC');
  assert.equal(outlived.terminalClosed, false);
});

test('an error other than a failed write is thrown', () => {
  const stream = new PassThrough();
  outliveOutput([stream], assert.fail);
  assert.throws(() => stream.emit('error', new TypeError('a bug')), /a bug/);
});

const bin = fileURLToPath(new URL('../../src/app/command.js', import.meta.url));
const setup = fileURLToPath(new URL('../../../setup/main.mjs', import.meta.url));
const FULL = '/dev/full';

/** Runs the command with a stream that goes to a full disk; the other is collected. */
async function withFull(
  t: { after(f: () => void): void },
  full: 'stdout' | 'stderr',
  args: readonly string[],
  program = bin,
) {
  const cwd = mkdtempSync(join(tmpdir(), 'full-'));
  t.after(() => rmSync(cwd, { recursive: true, force: true }));
  writeFileSync(
    join(cwd, 'toy.yaml'),
    'dataset: {type: synthetic, train: 2, test: 1, image_size: 32}\nstages: {train: null, evaluate: null, export: null}\ntracking: {tensorboard: null}\n',
  );
  const file = openSync(FULL, 'w');
  const stdio = full === 'stdout' ? (['ignore', file, 'pipe'] as const) : (['ignore', 'pipe', file] as const);
  const child = spawn(process.execPath, [program, ...args], { cwd, stdio: [...stdio] });
  closeSync(file);
  const said = text((child.stdout ?? child.stderr)!);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said: await said };
}

for (const args of [['list'], ['--help'], ['schema'], ['run', 'toy.yaml', '--dry-run'], ['sweep', 'list']]) {
  test(`\`${args.join(' ')}\` fails with a message if its output cannot be written`, async (t) => {
    const { code, said } = await withFull(t, 'stdout', args);
    assert.equal(
      said,
      'error: The standard output cannot be written (the disk is full, ENOSPC). Free disk space, or redirect the output elsewhere.\n',
    );
    assert.equal(code, 1);
  });
}

for (const more of [[], ['--json'], ['--quiet']]) {
  test(`a run completes although its output cannot be written ${more.join()}`, async (t) => {
    const { code, said } = await withFull(t, 'stdout', ['run', 'toy.yaml', ...more]);
    const sentence =
      'error: The standard output cannot be written (the disk is full, ENOSPC). The command continues; the run’s journal has its output.\n';
    assert.equal(said, more[0] === '--quiet' && said === '' ? '' : sentence);
    assert.equal(code, 0);
  });
}

test('a run continues although its warnings cannot be written', async (t) => {
  const { code, said } = await withFull(t, 'stderr', ['run', 'toy.yaml']);
  assert.equal(code, 0);
  assert.match(said, /preprocess: done/);
  assert.equal((await withFull(t, 'stderr', ['run', 'not-there.yaml'])).code, 2);
});

test('set-up continues although its output cannot be written', async (t) => {
  assert.equal((await withFull(t, 'stderr', ['setup', '--nonsense'], setup)).code, 2);
  assert.equal((await withFull(t, 'stdout', ['setup', '--help'], setup)).code, 0);
});
