import { keepIgnoring } from '../support/ignored-signals.js';

/**
 * The process of a stage that uses the native engine. Its argument is the parent's process id.
 *
 * The parent handles the terminal's signals and sends `stop`. Loading the rest takes a while, so the signals are caught first.
 */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
keepIgnoring();
const { builtins } = await import('./builtins.js');
const { serveStage } = await import('../pipeline/child/serve-stage.js');
await serveStage(builtins());
