import { engineVersions } from '../../engine/native.js';
import type { Components } from '../../registry/kinds.js';
import type { StageEvent } from '../../registry/kinds/stage-event.js';
import { loadPlugins } from '../../registry/plugins.js';
import { failureOf } from '../stage-failure.js';
import { callStage } from '../call-stage.js';
import type { StageEnd, StageJob } from '../stage-job.js';
import { dieWithParent } from './die-with-parent.js';
import type { FromChild, ToChild } from './protocol.js';

/**
 * The main function of a stage's process: calls the stage that the parent sends, reports events and the result, and ends.
 *
 * @param components the built-in ones; the config's plugins are added
 */
export async function serveStage(components: Components): Promise<void> {
  await dieWithParent(Number(process.argv[2]));
  const stop = new AbortController();
  process.on('message', (message: ToChild) => {
    if (message.kind === 'stop') stop.abort();
    else if (message.kind === 'recorded') waiting.get(message.id)?.();
    else void serve(message.job, components, stop.signal).then(leave);
  });
}

async function serve(job: StageJob, components: Components, stop: AbortSignal): Promise<StageEnd> {
  try {
    await loadPlugins(job.config.plugins, components);
    // Loads the engine, which every later import of TensorFlow.js uses.
    send({ kind: 'engine', versions: await engineVersions() });
    const emit = (event: StageEvent) => send({ kind: 'event', time: Date.now(), event });
    return await callStage(job, components, stop, { emit, recorded });
  } catch (error) {
    return failureOf(error, `Stage "${job.stage}"`);
  }
}

/** Resolvers of pending `record` requests, by id. */
const waiting = new Map<number, () => void>();
let requests = 0; // not mutated: any start value gives unique ids
/** Resolves when all events so far are in the parent's journal, on the disk. */
function recorded(): Promise<void> {
  const id = requests++;
  const answered = new Promise<void>((resolve) => waiting.set(id, resolve));
  send({ kind: 'record', id });
  return answered.finally(() => waiting.delete(id));
}

function send(message: FromChild): void {
  process.send!(message);
}

/** Ends the process once the message is sent, whatever handles the stage left open. */
function leave(end: StageEnd): void {
  process.send!({ kind: 'end', end } satisfies FromChild, () => process.exit(0));
}
