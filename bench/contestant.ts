import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Facts, Reply } from './protocol.js';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** A contestant failed; the message says why. */
export class ContestantFailed extends Error {}

/** A contestant cannot take part on this machine; the message says why. */
export class ContestantDeclined extends ContestantFailed {}

/** Timeout of one reply, in seconds. */
const TIMEOUT_SECONDS = 900;

/** A child process that is timed; see protocol.ts. */
export class Contestant {
  /** From the start of the process to its `ready` line. */
  startupSeconds = NaN;
  facts: Facts = {};
  /** How many numbers the kernels of all convolutions have, if it says so. */
  weights: number | null = null;

  #pending: { resolve(reply: Reply): void; reject(error: Error): void } | undefined;
  #failure: ContestantFailed | undefined;
  /** The last line of its standard error. */
  #lastErrorLine = '';

  /** @param timeout seconds for one reply */
  private constructor(
    private readonly child: ChildProcess,
    private readonly timeout: number,
  ) {
    createInterface({ input: child.stdout! }).on('line', (line) => this.receive(line));
    createInterface({ input: child.stderr! }).on('line', (line) => {
      if (line.trim() !== '') this.#lastErrorLine = line.trim();
    });
    child.on('error', (error) => this.fail(`cannot be started: ${error.message}`));
    child.on('close', (code, signal) => this.fail(exitReason(code, signal, this.#lastErrorLine)));
    // `close` reports a process that ended.
    child.stdin!.on('error', () => undefined);
  }

  /** Resolves when the contestant is ready. @throws ContestantFailed */
  static async start({ file, args, env }: Command, timeout = TIMEOUT_SECONDS): Promise<Contestant> {
    const started = performance.now();
    const contestant = new Contestant(spawn(file, args, { env, stdio: 'pipe' }), timeout);
    const { ready, weights = null } = await contestant.reply('ready');
    contestant.startupSeconds = (performance.now() - started) / 1000;
    contestant.facts = ready;
    contestant.weights = weights;
    return contestant;
  }

  /** Runs an action once. @returns its duration in seconds @throws ContestantFailed */
  async time(action: string): Promise<number> {
    this.send(action);
    return (await this.reply('seconds')).seconds;
  }

  /** The operations of a step; null if it does not count them. @throws ContestantFailed */
  async launches(): Promise<number | null> {
    this.send('launches');
    return (await this.reply('launches')).launches;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Ends the process. @returns its peak memory, in MB of 10^6 bytes @throws ContestantFailed */
  async end(): Promise<number> {
    this.send('end');
    const { peakMb } = await this.reply('peakMb');
    await this.exited();
    return peakMb;
  }

  /** Ends the process at once, whatever it is doing. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited();
  }

  private send(action: string): void {
    this.child.stdin!.write(`${action}\n`);
  }

  private async reply<Key extends keyof Reply>(key: Key): Promise<Reply & Required<Pick<Reply, Key>>> {
    const reply = await new Promise<Reply>((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      const timer = setTimeout(() => {
        this.fail(`did not answer for ${this.timeout} seconds`);
        this.child.kill('SIGKILL');
      }, this.timeout * 1000);
      const settled = <T>(settle: (value: T) => void) => {
        return (value: T) => {
          clearTimeout(timer);
          this.#pending = undefined;
          settle(value);
        };
      };
      this.#pending = { resolve: settled(resolve), reject: settled(reject) };
    });
    if (reply[key] !== undefined) return reply as Reply & Required<Pick<Reply, Key>>;
    if (reply.declined !== undefined) throw new ContestantDeclined(reply.declined);
    throw new ContestantFailed(`replied ${JSON.stringify(reply)} where "${key}" was expected`);
  }

  private receive(line: string): void {
    const reply = parse(line);
    if (reply !== undefined) this.#pending?.resolve(reply);
  }

  private fail(why: string): void {
    this.#failure ??= new ContestantFailed(why);
    this.#pending?.reject(this.#failure);
  }

  private async exited(): Promise<void> {
    const { child } = this;
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise((resolve) => child.once('exit', resolve));
  }
}

function parse(line: string): Reply | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Reply;
  } catch {
    return undefined;
  }
}

function exitReason(code: number | null, signal: NodeJS.Signals | null, lastErrorLine: string): string {
  if (signal === 'SIGKILL') return 'was killed (SIGKILL), most likely because memory ran out';
  const reason = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
  return lastErrorLine === '' ? reason : `${reason}: ${lastErrorLine}`;
}
