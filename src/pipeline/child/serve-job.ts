import { engineVersions } from '../../engine/native.js';
import type { StageContext } from '../../registry/kinds/stage.js';
import type { StageEvent } from '../../registry/kinds/stage-event.js';
import { failureOf } from '../stage-failure.js';
import type { StageEnd } from '../stage-job.js';
import { dieWithParent } from './die-with-parent.js';
import type { FromChild, ToChild } from './protocol.js';

/** What a job is done with, besides its own data. */
export interface JobSite extends Pick<StageContext, 'emit' | 'recorded' | 'signal'> {
  /**
   * Sends plain data to the parent, besides events; messages from there come to `receive`.
   *
   * @param sent called when it has left this process, which may take several turns of the event loop
   */
  readonly send: (message: unknown, sent?: () => void) => void;
  readonly receive: (listener: (message: unknown) => void) => void;
}

/** A kind of work that is done in a process of its own. */
export interface JobKind<Job> {
  /** The subject of messages about failures: `Stage "train"`. */
  readonly title: (job: Job) => string;
  /** What to do where memory ran out; by default, what helps a stage. */
  readonly memoryCure?: string;
  /** What comes before the engine is loaded, such as the config's plugins. */
  readonly prepare: (job: Job) => Promise<void>;
  readonly run: (job: Job, site: JobSite) => Promise<StageEnd>;
}

/**
 * The main function of a process that uses the engine: does the job that the parent sends, reports events and the result, and ends. Its
 * argument is the parent's process id.
 */
export async function serveJob<Job>(kind: JobKind<Job>): Promise<void> {
  await dieWithParent(Number(process.argv[2]));
  const stop = new AbortController();
  process.on('message', (message: ToChild<Job>) => {
    if (message.kind === 'stop') stop.abort();
    else if (message.kind === 'recorded') waiting.get(message.id)?.();
    else if (message.kind === 'message') listener(message.message);
    else void serve(message.job, kind, stop.signal).then(leave);
  });
}

async function serve<Job>(job: Job, kind: JobKind<Job>, signal: AbortSignal): Promise<StageEnd> {
  try {
    await kind.prepare(job);
    // Loads the engine, which every later import of TensorFlow.js uses.
    send({ kind: 'engine', versions: await engineVersions() });
    const emit = (event: StageEvent) => send({ kind: 'event', time: Date.now(), event });
    const sendMessage: JobSite['send'] = (message, sent) => send({ kind: 'message', message }, sent);
    const receive = (listen: typeof listener) => void (listener = listen);
    return await kind.run(job, { emit, recorded, signal, send: sendMessage, receive });
  } catch (error) {
    return failureOf(error, kind.title(job), kind.memoryCure);
  }
}

let listener: (message: unknown) => void = () => undefined;

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

function send(message: FromChild, sent?: () => void): void {
  process.send!(message, undefined, undefined, () => sent?.());
}

/** Ends the process once the message is sent, whatever handles the job left open. */
function leave(end: StageEnd): void {
  process.send!({ kind: 'end', end } satisfies FromChild, () => process.exit(0));
}
