import { execa } from 'execa';
import { engineEnvironment } from '../../engine/native.js';
import type { Program } from '../../registry/program.js';
import { phase } from '../../registry/phases.js';
import type { StageEnd, StageJob } from '../stage-job.js';
import type { Supervision } from '../supervision.js';
import { deathOf } from './death.js';
import { peakMemory } from './peak-memory.js';
import type { FromChild, ToChild } from './protocol.js';
import { Tail } from './output-tail.js';

/** How long a process that has told its result may take to end. */
const grace = 10_000;

/** Has a stage called in a process of its own. However that ends, what comes back says it in words. */
export async function superviseChild(
  job: StageJob,
  file: Program['stageProcess'],
  supervision: Supervision,
): Promise<StageEnd> {
  const child = execa(process.execPath, [file, String(process.pid)], {
    ipc: true,
    serialization: 'advanced',
    stdin: 'ignore',
    // Kept by `output` below; messages and output would otherwise be collected without end.
    buffer: false,
    env: engineEnvironment(),
    reject: false,
  });
  const output = new Tail(40);
  output.follow(child.stdout);
  output.follow(child.stderr);
  const memory = peakMemory(child.pid);

  let end: StageEnd | undefined;
  let deadline: NodeJS.Timeout | undefined;
  child.on('message', (message) => {
    const told = message as unknown as FromChild;
    if (told.kind === 'event') return supervision.onEvent(told.event, told.time);
    if (told.kind === 'record') return answer(told.id);
    if (told.kind === 'engine') return supervision.onEngine(told.versions);
    end = told.end;
    deadline = setTimeout(() => child.kill('SIGKILL'), grace);
  });

  // Nobody may be there any more to hear it; how the process ended then says what is to be said.
  const tell = (message: ToChild) => void child.send(message, () => undefined);
  const answer = (id: number) => {
    // Without an answer the stage waits: a journal that cannot be written ends the run anyway.
    if (supervision.record()) tell({ kind: 'recorded', id });
  };
  const stop = () => tell({ kind: 'stop' });
  const kill = () => void child.kill('SIGKILL');
  supervision.stop.addEventListener('abort', stop);
  supervision.stopNow.addEventListener('abort', kill);
  try {
    supervision.onEvent(phase('loading-engine'), Date.now());
    tell({ kind: 'run', job });
    if (supervision.stop.aborted) stop();
    if (supervision.stopNow.aborted) kill();
    const { signal, exitCode } = await child;
    if (end !== undefined) return end.status === 'failed' ? withOutput(end, output) : end;
    if (supervision.stopNow.aborted || (supervision.stop.aborted && isFromUser(signal)))
      return { status: 'interrupted' };
    return deathOf({ stage: job.stage, signal, exitCode, peakBytes: memory.peak(), output: output.lines() });
  } finally {
    clearTimeout(deadline);
    memory.stop();
    supervision.stop.removeEventListener('abort', stop);
    supervision.stopNow.removeEventListener('abort', kill);
  }
}

/** Ctrl-C reaches the process, too, and ends it before it has begun to listen. */
function isFromUser(signal: NodeJS.Signals | undefined): boolean {
  return signal === 'SIGINT' || signal === 'SIGTERM' || signal === 'SIGHUP';
}

/** A bug is easier to find with what the process has printed. */
function withOutput(end: StageEnd & { status: 'failed' }, output: Tail): StageEnd {
  if (end.bug === undefined || output.lines().length === 0) return end;
  return { ...end, bug: `${end.bug}\n\nLast output of the stage's process:\n${output.lines().join('\n')}` };
}
