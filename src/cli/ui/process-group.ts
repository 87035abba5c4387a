import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Io } from '../io.js';
import type { Command } from './server-program.js';

/** A program and all that it starts. */
export interface ProcessGroup {
  /** Settles when the program itself has ended, with how and with its last words. */
  readonly ended: Promise<ProcessEnding>;
  /** Ends all of it. */
  readonly close: () => Promise<void>;
}

export interface ProcessEnding {
  /** Its exit code, the signal that ended it, or why it could not be started. */
  readonly how: string;
  readonly lines: readonly string[];
}

const GRACE_MS = 5000;
const LAST_LINES = 8;

/**
 * Leads a process group. Its standard input stays open as long as runner lives: at its end, however runner has ended, the whole group is
 * ended. When the program ends by itself, so does what it has started.
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
  // Closed: nobody in the group has its output open any more.
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
    // Whoever has left the group is not waited for.
    for (const stream of [child.stdout, child.stderr]) stream?.destroy();
  }, GRACE_MS);
  await closed;
  clearTimeout(late);
}

function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch {
    // All of it has ended.
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
