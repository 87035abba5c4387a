import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * Ends this process when its parent ends, however that ended, and even while a call into the native engine blocks the main thread: a
 * second thread looks every quarter of a second who the parent is. Resolves when that thread is at work.
 */
export async function dieWithParent(parent: number): Promise<void> {
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  const watchdog = new Worker(watch, { eval: true, workerData: parent, execArgv: [] });
  await once(watchdog, 'online');
  watchdog.unref();
}

/** The thread's program. An orphan gets another parent: process 1 or the nearest subreaper. */
const watch = `
  const parent = require('node:worker_threads').workerData;
  const look = () => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL'); };
  look();
  setInterval(look, 250);
`;
