import { keepIgnoring } from '../support/ignored-signals.js';

/** The process that translates images. As in a stage's process, the parent handles the terminal's signals. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
keepIgnoring();
const { builtins } = await import('./builtins.js');
const { serveTranslation } = await import('../translation/serve-translation.js');
await serveTranslation(builtins());
