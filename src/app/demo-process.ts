import { keepIgnoring } from '../support/ignored-signals.js';

/** The process that writes a demo's folder. As in a stage's process, the parent handles the terminal's signals. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
keepIgnoring();
const { builtins } = await import('./builtins.js');
const { serveDemoJob } = await import('../demo/write-demo-here.js');
await serveDemoJob(builtins());
