// What `./runner` starts: sets up what is missing, says so on stderr, and hands over to the command in dist/.
// Everything in setup/ is plain JavaScript on Node alone, because it runs before there are dependencies or a build.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { keepIgnoring } from './ignored-signals.mjs';
import { complain } from './say.mjs';
import { setUp } from './setup.mjs';

keepIgnoring();
// Output errors (a full disk, `| head`) do not end the set-up; the command handles its own.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const words = process.argv.slice(2);

/** Commands that compute. All others, mistyped ones too, do not wait for the engine's download. */
const withEngine = new Set(['run', 'sweep']);
/** Subcommands of `sweep` that only read and report. */
const reading = new Set(['best', 'collect', 'cancel', 'list']);

try {
  const code = words[0] === 'setup' ? await setupOnly() : await setUpFirst();
  if (code === undefined) await import(pathToFileURL(join(root, 'dist', 'app', 'command.js')).href);
  else process.exitCode = code;
} catch (error) {
  process.exitCode = complain(error);
}

async function setupOnly() {
  const { setupCommand } = await import('./command.mjs');
  return setupCommand(root, words.slice(1));
}

async function setUpFirst() {
  await setUp(root, { engine: needsEngine(words) });
  return undefined;
}

/** @param {readonly string[]} words */
function needsEngine([command = 'help', ...rest]) {
  if (!withEngine.has(command)) return false;
  if (rest.some((word) => word === '--help' || word === '-h' || word === '--dry-run')) return false;
  // Without a config the command will say so, at once. Which word is the config is for the command to say: that any of them is there will do.
  return command === 'sweep'
    ? !reading.has(rest[0] ?? '')
    : rest.some((word) => !word.startsWith('-') && existsSync(word));
}
