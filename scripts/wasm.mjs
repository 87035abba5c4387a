/**
 * `npm run wasm`: compiles src/data/pictures/wasm/passes.as.ts (AssemblyScript) into passes.ts beside it, which is committed, so
 * that a build needs TypeScript only.
 *
 *     node scripts/wasm.mjs            writes it
 *     node scripts/wasm.mjs --check    fails where what is committed is not what would be written
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';

const folder = fileURLToPath(new URL('../src/data/pictures/wasm/', import.meta.url));
const target = `${folder}passes.ts`;

const made = `/** passes.as.ts, compiled: see scripts/wasm.mjs, which wrote this. WebAssembly in base64. */
export const PASSES =
  '${Buffer.from(await compile('passes.as.ts')).toString('base64')}';
`;
if (!process.argv.includes('--check')) writeFileSync(target, made);
else if (readFileSync(target, 'utf8') !== made) {
  console.error(`${target} is not what passes.as.ts beside it compiles to: run "npm run wasm".`);
  process.exitCode = 1;
}

/** @param {string} file @returns {Promise<Uint8Array>} */
async function compile(file) {
  const options = ['--runtime', 'stub', '--noAssert', '-O3', '--converge', '--enable', 'simd'];
  let binary = new Uint8Array();
  const { error, stderr } = await main([file, '--baseDir', folder, ...options, '--outFile', 'passes.wasm'], {
    writeFile: (_, contents) => void (binary = contents),
  });
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return binary;
}
