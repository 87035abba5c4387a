import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Io } from '../io.js';
import type { Command } from './server-program.js';

/** A program with all its child processes. */
export interface ProcessGroup {
  /** Settles when the program has ended, with the reason and its last output. */
  readonly ended: Promise<ProcessEnding>;
  /** Ends the whole group. */
  readonly close: () => Promise<void>;
}

export interface ProcessEnding {
  /** Its exit code, the signal that ended it, or the start error. */
  readonly how: string;
  readonly lines: readonly string[];
}

const GRACE_MS = 5000;
const LAST_LINES = 8;

/**
 * Leads a process group. Its stdin stays open while runner lives; when it closes, for any reason, the whole group is ended. When the
 * program ends, so do its child processes.
 */
const GUARD = `
exec 3<&0
(cat <&3; trap '' TERM; kill -TERM 0; sleep ${GRACE_MS / 1000}; kill -KILL 0) >/dev/null 2>&1 &
"$@" </dev/null 3<&- & wait $!; code=$?
trap '' TERM; kill -TERM 0
exit $code`;

export function startGroup(command: Command, env: Io['env']): ProcessGroup {
  const child = spawn('/bin/sh', ['-c', GUARD, 'sh', ...command], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { ...env },
  });
  const lines = lastLinesOf(child);
  // Closed: no process of the group has the output open.
  const closed = once(child, 'close').then(
    () => undefined,
    () => undefined,
  );
  const ended = new Promise<ProcessEnding>((resolve) => {
    child.on('error', ({ message }) => resolve({ how: message, lines: [] }));
    child.on('exit', (code, signal) => {
      const lastWords = Promise.race([closed, sleep(500)]);
      void lastWords.then(() => resolve({ how: String(code ?? signal), lines: lines() }));
    });
  });
  return { ended, close: () => close(child, closed) };
}

async function close(child: ChildProcess, closed: Promise<void>): Promise<void> {
  signal(child, 'SIGTERM');
  const late = setTimeout(() => {
    signal(child, 'SIGKILL');
    // Do not wait for processes that left the group.
    for (const stream of [child.stdout, child.stderr]) stream?.destroy();
  }, GRACE_MS);
  await closed;
  clearTimeout(late);
}

function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch {
    // The whole group has ended.
  }
}

function lastLinesOf(child: ChildProcess): () => string[] {
  let text = '';
  const keep = (more: Buffer) => void (text = (text + more.toString()).slice(-4000));
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () =>
    text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(-LAST_LINES);
}
