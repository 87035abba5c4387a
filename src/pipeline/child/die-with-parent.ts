import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * Ends this process when its parent ends, in whatever way, even while a call into the native engine blocks the main thread: a second thread
 * checks the parent's id four times a second. Resolves when that thread runs.
 */
export async function dieWithParent(parent: number): Promise<void> {
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  const watchdog = new Worker(watch, { eval: true, workerData: parent, execArgv: [] });
  await once(watchdog, 'online');
  watchdog.unref();
}

/** The thread's program. An orphan's parent becomes process 1 or the nearest subreaper. */
const watch = `
  const parent = require('node:worker_threads').workerData;
  const check = () => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL'); };
  check();
  setInterval(check, 250);
`;
