import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

interface Packed {
  readonly files: readonly { readonly path: string }[];
}

/** What `npm pack` would put into the package. */
function packed(): string[] {
  const { stdout, stderr } = spawnSync('npm', ['pack', '--dry-run', '--json'], { cwd: root, encoding: 'utf8' });
  assert.notEqual(stdout, '', stderr);
  // One package: a list of one, or from npm 11.9 on an object by name.
  const [report] = Object.values(JSON.parse(stdout) as Record<string, Packed>);
  return report!.files.map((file) => file.path);
}

test('the package has the command, its build, the kernels of tfjs-node, the docs and the examples', () => {
  const files = packed();
  for (const file of [
    'runner',
    'setup/main.mjs',
    'setup/engine/find.cjs',
    'dist/app/command.js',
    'dist/index.d.ts',
    'dist/report/client/report.js',
    'dist/web/client/demo.js',
    'dist/web/client/sw.js',
    'dist/web/client/tfjs-backend-wasm-simd.wasm',
    'dist/tfjs-node/dist/index.js',
    'dist/tfjs-node/binding/tfjs_backend.cc',
    'docs/setup.md',
    'examples/translate.mjs',
    'configs/quickstart.yaml',
    'README.md',
    'LICENSE',
  ]) {
    assert.ok(files.includes(file), file);
  }
});

test('the package has no source maps, whose sources are not in it, no tests, and nothing of this machine', () => {
  const unwanted = packed().filter((file) => /\.map$|\.test\.|_test\.|(^|\/)\.|^(src|test|runs|bench)\//.test(file));
  assert.deepEqual(unwanted, []);
  assert.doesNotMatch(readFileSync(join(root, 'dist/index.js'), 'utf8'), /sourceMappingURL/);
});

test('no package that it needs has an install script that could fail, so it installs anywhere', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; hasInstallScript?: boolean }>;
  };
  const scripts = Object.entries(packages).filter(([, entry]) => entry.hasInstallScript && !entry.dev);
  // core-js prints a request for donations, whatever happens.
  assert.deepEqual(
    scripts.map(([path]) => path),
    ['node_modules/core-js'],
  );
});
