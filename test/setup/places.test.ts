import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Rig } from './rig.js';

const isRoot = process.getuid?.() === 0;
/** Root may write anywhere: then the commands run as a user who has no name, no home and no part in the rig. */
const uid = 2 ** 20 + 7;
const other = isRoot ? { uid, gid: uid } : {};
/** A Node in root's own home is not for others. */
const hasNode = spawnSync(process.execPath, ['--version'], other).status === 0;
const skip = hasNode ? false : 'other users cannot run this Node';
const skipNamed = isRoot ? skip : 'only root can be another user';
const bin = 'dist/app/command.js';

/** A checkout whose owner lets others read it, and nothing else. */
function readOnly(t: TestContext, prepare: (rig: Rig) => void): Rig {
  const rig = new Rig(t);
  prepare(rig);
  chmodSync(rig.root, 0o755);
  const folders = ['.', 'dist', 'node_modules'].map((name) => join(rig.root, name));
  for (const folder of folders) if (existsSync(folder)) chmodSync(folder, 0o555);
  t.after(() => {
    for (const folder of folders) if (existsSync(folder)) chmodSync(folder, 0o755);
  });
  return rig;
}

/** Makes the rig a checkout: with sources, a lock file and, if wanted, what that asks for. */
function checkout(rig: Rig, installed: boolean): void {
  const lock = JSON.stringify({ packages: { '': {}, 'node_modules/a': { version: '1.0.0' } } });
  rig.write('package-lock.json', lock);
  rig.write('tsconfig.json', '{}');
  rig.write('src/index.ts', 'export {};');
  if (installed) rig.write('node_modules/.package-lock.json', lock);
}

function asOther(rig: Rig, words: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return rig.run(words, env, 'runner', other);
}

test(
  'a checkout that cannot be written and has no packages says who can mend it, before anything is begun',
  { skip },
  (t) => {
    const rig = readOnly(t, (rig) => {
      checkout(rig, false);
    });
    const { code, stderr } = asOther(rig, ['setup'], { XDG_CACHE_HOME: join(rig.root, 'elsewhere') });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /npm packages are missing, and .* cannot be written by .*\n {2}What to do: Have .* run .*runner setup once/,
    );
    assert.equal(stderr.trimEnd().split('\n').length, 2);
    assert.deepEqual(rig.calls(), []);
  },
);

test('a build that cannot be replaced is used, with a word if it is of other sources', { skip }, (t) => {
  const rig = readOnly(t, (rig) => {
    checkout(rig, true);
  });
  const { code, stdout, stderr } = asOther(rig, ['list']);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, 'ran list');
  assert.match(stderr, /was not built from the sources as they are, and cannot be written; it is used as it is\n$/);
});

test('a build of the same sources is used in silence, though their times have changed; one of others is made anew', (t) => {
  const rig = new Rig(t);
  checkout(rig, true);
  const tsc = 'node_modules/typescript/bin/tsc';
  rig.write(
    tsc,
    `require('fs').appendFileSync(process.env.LOG, 'tsc\\n'); require('fs').mkdirSync('dist/app', { recursive: true });
    require('fs').writeFileSync('${bin}', 'process.stdout.write("compiled")');`,
  );
  rig.write('node_modules/typescript/package.json', '{}');
  rig.write('node_modules/typescript/LICENSE.txt', '');
  rig.write('node_modules/@tensorflow/tfjs-node/package.json', '{}');
  rig.write('node_modules/@tensorflow/tfjs-node/binding/a.cc', '');
  const entry =
    "var binary = require('@mapbox/node-pre-gyp'); var bindingPath = binary.find(path.resolve(path.join(__dirname, '/../package.json'))); pjson.name;";
  rig.write('node_modules/@tensorflow/tfjs-node/dist/index.js', entry);
  rig.write('node_modules/uplot/LICENSE', '');
  rig.write('node_modules/@tensorflow/tfjs-backend-wasm/dist/a.wasm', '');
  rig.write('node_modules/esbuild/package.json', '{"main": "main.cjs"}');
  rig.write(
    'node_modules/esbuild/main.cjs',
    `exports.build = ({ absWorkingDir, outfile, outdir }) => {
      const file = outfile ? require('path').join(absWorkingDir, outfile) : require('path').join(outdir, 'demo.js');
      require('fs').mkdirSync(require('path').dirname(file), { recursive: true });
      require('fs').writeFileSync(file, '');
    };`,
  );
  rig.write('src/app/command.ts', '');
  assert.equal(rig.run(['list']).stdout, 'compiled');
  utimesSync(join(rig.root, 'src/index.ts'), 1, 1);
  assert.deepEqual(rig.run(['list']), { code: 0, stdout: 'compiled', stderr: '' });
  assert.deepEqual(rig.calls(), ['tsc']);
  rig.write('src/index.ts', 'export const a = 1;');
  rig.run(['list']);
  assert.deepEqual(rig.calls(), ['tsc', 'tsc']);
  const copied = readFileSync(join(rig.root, 'dist/tfjs-node/dist/index.js'), 'utf8');
  assert.doesNotMatch(copied, /node-pre-gyp/);
});

test('a package without its build says how it should have been packed', (t) => {
  const rig = new Rig(t);
  rmSync(join(rig.root, 'dist'), { recursive: true });
  const { code, stderr } = rig.run(['list']);
  assert.equal(code, 1);
  assert.match(stderr, /neither sources nor a build.*What to do: .*npm run pack/s);
});

test('who shares a checkout uses the engine of whoever set it up, and writes nothing', { skip }, (t) => {
  const rig = readOnly(t, (rig) => {
    assert.equal(rig.run().code, 0);
  });
  const own = join(rig.root, 'nobody');
  assert.deepEqual(asOther(rig, ['translate'], { XDG_CACHE_HOME: own }), {
    code: 0,
    stdout: 'ran translate',
    stderr: '',
  });
  assert.ok(!existsSync(own));
});

test('a cache that cannot be written is named before anything is downloaded', (t) => {
  const rig = new Rig(t);
  rig.write('file', '');
  const cache = join(rig.root, 'file');
  const { code, stderr } = rig.run(['setup'], { XDG_CACHE_HOME: cache });
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`^runner: cannot write ${cache}.*\\n {2}What to do: .*XDG_CACHE_HOME`));
  assert.deepEqual(rig.calls(), []);
});

test(
  'without a home that can be written the engine is kept in the temporary folder, which is said',
  { skip: skipNamed },
  (t) => {
    const rig = new Rig(t);
    const temporary = join(rig.root, 'tmp');
    mkdirSync(temporary);
    chmodSync(rig.root, 0o755);
    chmodSync(temporary, 0o1777);
    rig.write('log', '');
    chmodSync(join(rig.root, 'log'), 0o666);
    const env = { XDG_CACHE_HOME: undefined, HOME: '/nonexistent', TMPDIR: temporary };
    const run = (words: readonly string[]) => rig.run(words, env, 'runner', other);
    const { code, stderr } = run(['setup']);
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /no home that can be written: the engine is kept in .*cyclegan-runner-\d+, which the system may empty/,
    );
    assert.deepEqual(run(['translate']), { code: 0, stdout: 'ran translate', stderr: '' });
    assert.deepEqual(readdirSync(temporary), [`cyclegan-runner-${uid}`]);
  },
);

test('another user’s folder in the temporary folder is not taken for one’s own', { skip: skipNamed }, (t) => {
  const rig = new Rig(t);
  const temporary = join(rig.root, 'tmp');
  mkdirSync(join(temporary, `cyclegan-runner-${uid}`), { recursive: true });
  chmodSync(rig.root, 0o755);
  const env = { XDG_CACHE_HOME: undefined, HOME: '/', TMPDIR: temporary };
  const { code, stderr } = rig.run(['setup'], env, 'runner', other);
  assert.equal(code, 1);
  assert.match(stderr, /cannot write \/\.cache.*What to do: .*XDG_CACHE_HOME/s);
});
