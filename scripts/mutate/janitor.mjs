/** Started beside `npm run mutate`: when that ends, in whatever way, ends what it has started and removes its folder. */
import { rmSync } from 'node:fs';
import { endProcesses } from './workspace.mjs';

const [dir, mark] = process.argv.slice(2);
if (dir === undefined || mark === undefined) throw new Error('janitor.mjs is started by workspace.mjs');
process.stdin.resume().on('end', () => {
  endProcesses(mark);
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
});
