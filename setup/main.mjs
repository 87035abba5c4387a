// What `./runner` starts: sets up what is missing, says so on stderr, and hands over to the command in dist/.
// Everything in setup/ is plain JavaScript on Node alone, because it runs before there are dependencies or a build.
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { complain } from './say.mjs';
import { setUp } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const words = process.argv.slice(2);

/** Commands that say something about the program and never compute: they do not wait for the engine's download. */
const withoutEngine = new Set(['help', 'init', 'list', 'explain', 'schema', 'graph', 'status', 'compare', 'doctor']);

try {
  if (words[0] === 'setup') {
    const { setupCommand } = await import('./command.mjs');
    process.exitCode = await setupCommand(root, words.slice(1));
  } else {
    await setUp(root, { engine: needsEngine(words) });
    await import(pathToFileURL(join(root, 'dist', 'cli', 'bin.js')).href);
  }
} catch (error) {
  process.exitCode = complain(error);
}

/** @param {readonly string[]} words */
function needsEngine([command = 'help', ...rest]) {
  if (command.startsWith('-') || withoutEngine.has(command)) return false;
  return !rest.some((word) => word === '--help' || word === '-h' || word === '--dry-run');
}
