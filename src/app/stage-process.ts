import { keepIgnoring } from '../support/ignored-signals.js';

/**
 * The process that a stage with the native engine works in. Started with the parent's process id.
 *
 * Signals of the terminal are the parent's business: it says `stop`. So they are caught before the rest is loaded, which takes a while.
 */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
keepIgnoring();
const { builtins } = await import('./builtins.js');
const { serveStage } = await import('../pipeline/child/serve-stage.js');
await serveStage(builtins());
