import { execa } from 'execa';
import { engineEnvironment } from '../../engine/environment.js';
import { phase } from '../../registry/phases.js';
import type { StageEnd } from '../stage-job.js';
import type { Conversation, Supervision } from '../supervision.js';
import { processFailure } from './process-failure.js';
import { peakMemory } from './peak-memory.js';
import type { FromChild, ToChild } from './protocol.js';
import { OutputTail } from './output-tail.js';

/** How long a process may take to end after it has sent its result. */
const grace = 10_000;

/** A process that does one job: see {@link serveJob}. */
export interface ChildProgram {
  /** Path of its entry file. */
  readonly file: string;
  /** The subject of messages about how it ended: `The process of stage "train"`. */
  readonly title: string;
  /** What to do where memory ran out; by default, what helps a stage. */
  readonly memoryCure?: string;
  /** Whether it reads this process's standard input. */
  readonly readsInput?: boolean;
  /** Beside this process's environment and the engine's settings. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Does a job in a separate process. Every way in which that can end becomes a result. @param job plain data */
export async function superviseChild(
  job: unknown,
  { file, title, memoryCure, readsInput = false, env }: ChildProgram,
  supervision: Supervision,
  conversation?: Conversation,
): Promise<StageEnd> {
  const child = execa(process.execPath, [file, String(process.pid)], {
    ipc: true,
    serialization: 'advanced',
    stdin: readsInput ? 'inherit' : 'ignore',
    // `output` below keeps the end; execa would buffer all messages and output.
    buffer: false,
    env: engineEnvironment({ ...process.env, ...env }),
    reject: false,
  });
  const output = new OutputTail(40);
  output.follow(child.stdout);
  output.follow(child.stderr);
  const memory = peakMemory(child.pid);

  let end: StageEnd | undefined;
  let deadline: NodeJS.Timeout | undefined;
  child.on('message', (message) => {
    const received = message as unknown as FromChild;
    if (received.kind === 'event') return supervision.onEvent(received.event, received.time);
    if (received.kind === 'record') return answer(received.id);
    if (received.kind === 'engine') return supervision.onEngine(received.versions);
    if (received.kind === 'message') return conversation?.onMessage(received.message);
    end = received.end;
    deadline = setTimeout(() => child.kill('SIGKILL'), grace);
  });

  // Sending fails if the process has ended; its exit is reported below.
  const send = (message: ToChild) => void child.send(message, () => undefined);
  const answer = (id: number) => {
    // Without an answer the stage waits: an unwritable journal ends the run anyway.
    if (supervision.record()) send({ kind: 'recorded', id });
  };
  const stop = () => send({ kind: 'stop' });
  const kill = () => void child.kill('SIGKILL');
  supervision.stop.addEventListener('abort', stop);
  supervision.stopNow.addEventListener('abort', kill);
  try {
    supervision.onEvent(phase('loading-engine'), Date.now());
    send({ kind: 'run', job });
    conversation?.onOpen((message) => send({ kind: 'message', message }));
    if (supervision.stop.aborted) stop();
    if (supervision.stopNow.aborted) kill();
    const { signal, exitCode } = await child;
    if (end !== undefined) return end.status === 'failed' ? withOutput(end, output) : end;
    if (supervision.stopNow.aborted || (supervision.stop.aborted && isFromUser(signal)))
      return { status: 'interrupted' };
    const exit = { title, ...(memoryCure !== undefined && { memoryCure }), signal, exitCode };
    return processFailure({ ...exit, peakBytes: memory.peak(), output: output.lines() });
  } finally {
    clearTimeout(deadline);
    memory.stop();
    supervision.stop.removeEventListener('abort', stop);
    supervision.stopNow.removeEventListener('abort', kill);
  }
}

/** Ctrl-C also reaches the child, and ends it if it does not handle signals yet. */
function isFromUser(signal: NodeJS.Signals | undefined): boolean {
  return signal === 'SIGINT' || signal === 'SIGTERM' || signal === 'SIGHUP';
}

/** Adds the process's output to a bug's stack trace. */
function withOutput(end: StageEnd & { status: 'failed' }, output: OutputTail): StageEnd {
  if (end.bug === undefined || output.lines().length === 0) return end;
  return { ...end, bug: `${end.bug}\n\nLast output of its process:\n${output.lines().join('\n')}` };
}
