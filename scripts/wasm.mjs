/**
 * `npm run wasm`: compiles each *.as.ts (AssemblyScript) in src/data/images/wasm into the .ts beside it, which is committed, so
 * that a build needs TypeScript only. The compiler, some 100 MB, is fetched by npm when this runs.
 *
 *     node scripts/wasm.mjs            writes them
 *     node scripts/wasm.mjs --check    fails where what is committed is not what would be written
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const compiler = 'assemblyscript@0.28.20';
const options = ['--runtime', 'stub', '--noAssert', '-O3', '--converge', '--enable', 'simd'];
const folder = fileURLToPath(new URL('../src/data/images/wasm/', import.meta.url));

for (const name of ['passes', 'jpeg']) {
  const target = `${folder}${name}.ts`;
  const made = `/** ${name}.as.ts, compiled: see scripts/wasm.mjs, which wrote this. WebAssembly in base64. */
export const ${name.toUpperCase()} =
  '${compile(`${name}.as.ts`).toString('base64')}';
`;
  if (!process.argv.includes('--check')) writeFileSync(target, made);
  else if (readFileSync(target, 'utf8') !== made) {
    console.error(`${target} is not what ${name}.as.ts beside it compiles to: run "npm run wasm".`);
    process.exitCode = 1;
  }
}

/** @param {string} file */
function compile(file) {
  const temporary = mkdtempSync(join(tmpdir(), 'runner-wasm-'));
  try {
    const out = join(temporary, 'module.wasm');
    const asc = ['asc', file, '--baseDir', folder, ...options, '--outFile', out];
    execFileSync('npm', ['exec', '--yes', `--package=${compiler}`, '--', ...asc], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return readFileSync(out);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
