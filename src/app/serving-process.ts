import { keepIgnoring } from '../support/ignored-signals.js';

/** The process that computes what a server answers. As in a stage's process, the parent handles the terminal's signals. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
keepIgnoring();
const { builtins } = await import('./builtins.js');
const { serveGenerators } = await import('../serving/engine/serve-generators.js');
await serveGenerators(builtins());
