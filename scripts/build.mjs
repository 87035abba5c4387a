/** `npm run build`: compiles the sources, as `./runner` does by itself when they have changed. */
import { fileURLToPath } from 'node:url';
import { build } from '../setup/build.mjs';
import { complain } from '../setup/say.mjs';

try {
  await build(fileURLToPath(new URL('..', import.meta.url)));
} catch (error) {
  process.exitCode = complain(error);
}
