import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Rig } from './rig.js';

const writesBad = 'while [ $# -gt 0 ] && [ "$1" != -o ]; do shift; done; printf bad >"$2"; exit 0';
const firstTime = ['pip', 'unpack', 'g++', 'g++'];

test('the engine is downloaded, compiled and published; a second time there is nothing to do', (t) => {
  const rig = new Rig(t);
  const { code, stderr } = rig.run();
  assert.equal(code, 0, stderr);
  assert.deepEqual(rig.calls(), firstTime);
  assert.equal(readFileSync(rig.binding()!, 'utf8'), 'g++');

  assert.deepEqual(rig.run(['translate', 'x']), { code: 0, stdout: 'ran translate x', stderr: '' });
  assert.deepEqual(rig.calls(), firstTime);
});

test('nothing but the engine is left in the cache', (t) => {
  const rig = new Rig(t);
  rig.run();
  assert.deepEqual(readdirSync(rig.cache), ['engines']);
  assert.equal(readdirSync(join(rig.cache, 'engines')).length, 1);
});

test('the next command sets up what is missing, then runs', (t) => {
  const rig = new Rig(t);
  const { code, stdout, stderr } = rig.run(['run', '--set', 'train.epochs=1', rig.config]);
  assert.equal(code, 0);
  assert.equal(stdout, `ran run --set train.epochs=1 ${rig.config}`);
  assert.match(stderr, /downloading tensorflow.*\(.*MB\)/);
});

test('commands that do not compute do not wait for the engine', (t) => {
  const rig = new Rig(t);
  for (const words of [['--help'], ['list'], ['doctor'], ['run', '--dry-run', rig.config], ['sweep', 'best'], []]) {
    assert.deepEqual(rig.run(words), { code: 0, stdout: `ran ${words.join(' ')}`, stderr: '' });
  }
});

test('a mistyped command and a missing config are reported before the engine is downloaded', (t) => {
  const rig = new Rig(t);
  for (const words of [['stauts'], ['run'], ['run', 'missing.yaml'], ['run', '--set', 'a=b', 'missing.yaml']]) {
    assert.deepEqual(rig.run(words), { code: 0, stdout: `ran ${words.join(' ')}`, stderr: '' });
  }
});

test('the thread pool of the command’s processes has a thread a core and at least four, unless the user says otherwise', (t) => {
  const rig = new Rig(t);
  rig.write(
    'dist/app/command.js',
    `import { execFileSync } from 'node:child_process';
execFileSync(process.execPath, ['-p', 'process.env.UV_THREADPOOL_SIZE'], { stdio: 'inherit' });`,
  );
  assert.ok(Number(rig.run(['list']).stdout) >= 4);
  assert.equal(rig.run(['list'], { UV_THREADPOOL_SIZE: '3' }).stdout, '3\n');
});

test('another checkout uses the same engine and downloads nothing', (t) => {
  const [first, second] = [new Rig(t), new Rig(t)];
  first.run();
  second.run(['setup'], { XDG_CACHE_HOME: join(first.root, 'cache') });
  assert.deepEqual(second.calls(), []);
});

test('an engine with a missing or a cut-off file is set up anew', (t) => {
  const rig = new Rig(t);
  rig.run();
  const folder = rig.engines()[0]!;
  rmSync(join(folder, 'site/tensorflow/libtensorflow_cc.so.2'));
  assert.equal(rig.run().code, 0);
  assert.ok(existsSync(join(folder, 'site/tensorflow/libtensorflow_cc.so.2')));
  rig.write(join('cache/cyclegan-runner', folder.slice(rig.cache.length), 'lib/libquiet.so'), '');
  assert.equal(rig.run().code, 0);
  assert.deepEqual(rig.calls(), [...firstTime, ...firstTime, ...firstTime]);
});

test('a download that does not have the pinned checksum is refused, and nothing is published', (t) => {
  const rig = new Rig(t);
  rig.pin('0'.repeat(64));
  const { code, stderr } = rig.run();
  assert.equal(code, 1);
  assert.match(stderr, /SHA-256 is \w{64}, not 0{64}/);
  assert.deepEqual(rig.calls(), ['pip']);
  assert.ok(!existsSync(join(rig.cache, 'engines')));
});

test('what was downloaded is used by the next set-up when a later step fails', (t) => {
  const rig = new Rig(t);
  rig.giveCompiler('g++', writesBad);
  assert.equal(rig.run().code, 1);
  rig.givePython('exit 1');
  rig.giveCompiler('g++');
  const { code, stderr } = rig.run();
  assert.equal(code, 0, stderr);
  assert.match(stderr, /was downloaded before/);
});

test('pip is told to resume a broken connection', (t) => {
  const rig = new Rig(t);
  rig.givePython('echo "resume-$PIP_RESUME_RETRIES" >>"$LOG"');
  rig.run();
  assert.deepEqual(rig.calls(), ['pip', 'resume-20', ...firstTime.slice(1)]);
});

test('a failing download shows the output of pip', (t) => {
  const rig = new Rig(t);
  rig.givePython('echo "No route to the index" >&2; exit 1');
  const { code, stderr } = rig.run();
  assert.equal(code, 1);
  assert.match(stderr, /pip could not download tensorflow.*\n.*No route to the index\n.*What to do:/s);
});

test('without a compiler, the one of the ziglang package is taken', (t) => {
  const rig = new Rig(t);
  rig.take('g++');
  const { code, stderr } = rig.run();
  assert.equal(code, 0, stderr);
  assert.deepEqual(rig.calls(), ['pip', 'unpack', 'pip', 'unpack', 'zig', 'zig']);
  assert.equal(readFileSync(rig.binding()!, 'utf8'), 'zig');
  assert.ok(!existsSync(join(rig.engines()[0]!, 'zig')));
});

test('CXX goes before the others, and the next compiler is tried when one fails', (t) => {
  const rig = new Rig(t);
  rig.giveCompiler('my-cxx', 'echo "my-cxx" >>"$LOG"; exit 1');
  assert.equal(rig.run(['setup'], { CXX: 'my-cxx -m64' }).code, 0);
  assert.deepEqual(rig.calls(), ['pip', 'unpack', 'my-cxx', 'g++', 'g++']);
});

test('an engine that does not load is not published', (t) => {
  const rig = new Rig(t);
  rig.giveCompiler('g++', writesBad);
  const { code, stderr } = rig.run();
  assert.equal(code, 1);
  assert.match(stderr, /does not load.*undefined symbol/s);
  assert.ok(!existsSync(join(rig.cache, 'engines')));
});

test('too small a disk is reported with sizes, before anything is downloaded', (t) => {
  const rig = new Rig(t);
  const pins = join(rig.root, 'setup/engine/pins.cjs');
  rig.write(
    'setup/engine/pins.cjs',
    readFileSync(pins, 'utf8').replaceAll('unpackedBytes: 1000', 'unpackedBytes: 1e18'),
  );
  const { code, stderr } = rig.run();
  assert.equal(code, 1);
  assert.match(stderr, /needs \d+\.\d GB of disk space; .* free/);
  assert.deepEqual(rig.calls(), []);
});

test('--remove-engines frees the space, and the next command sets up again', (t) => {
  const rig = new Rig(t);
  rig.run();
  const removed = rig.run(['setup', '--remove-engines']);
  assert.equal(removed.code, 0);
  assert.match(removed.stderr, /removed the engines in .*; \d+(\.\d)? MB freed/);
  assert.ok(!existsSync(join(rig.cache, 'engines')));
  assert.equal(rig.run().code, 0);
  assert.ok(rig.binding());
});
