import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Facts, Reply } from './protocol.js';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Why a contestant did not answer, for people. */
export class ContestantFailed extends Error {}

/** What a contestant may take for one answer, in seconds. */
const PATIENCE = 900;

/** A child process that is timed: see the protocol in protocol.ts. */
export class Contestant {
  /** From the start of the process to the line that says it is ready. */
  startupSeconds = NaN;
  facts: Facts = {};

  #waiting: { resolve(reply: Reply): void; reject(error: Error): void } | undefined;
  #failure: ContestantFailed | undefined;
  /** The last that it said on standard error. */
  #lastWords = '';

  /** @param patience seconds that it may take for one answer */
  private constructor(
    private readonly child: ChildProcess,
    private readonly patience: number,
  ) {
    createInterface({ input: child.stdout! }).on('line', (line) => this.hear(line));
    createInterface({ input: child.stderr! }).on('line', (line) => {
      if (line.trim() !== '') this.#lastWords = line.trim();
    });
    child.on('error', (error) => this.fail(`cannot be started: ${error.message}`));
    child.on('close', (code, signal) => this.fail(death(code, signal, this.#lastWords)));
    // A process that has gone is told of by `close`.
    child.stdin!.on('error', () => undefined);
  }

  /** Resolves when it is ready. @throws ContestantFailed */
  static async start({ file, args, env }: Command, patience = PATIENCE): Promise<Contestant> {
    const started = performance.now();
    const contestant = new Contestant(spawn(file, args, { env, stdio: 'pipe' }), patience);
    const { ready } = await contestant.answer('ready');
    contestant.startupSeconds = (performance.now() - started) / 1000;
    contestant.facts = ready;
    return contestant;
  }

  /** Has it do something once. @returns the seconds that it took @throws ContestantFailed */
  async time(word: string): Promise<number> {
    this.say(word);
    return (await this.answer('seconds')).seconds;
  }

  /** Ends it. @returns the most memory that it has used, in MB of 10^6 bytes @throws ContestantFailed */
  async end(): Promise<number> {
    this.say('end');
    const { peakMb } = await this.answer('peakMb');
    await this.gone();
    return peakMb;
  }

  /** Ends it at once, whatever it is doing. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.gone();
  }

  private say(word: string): void {
    this.child.stdin!.write(`${word}\n`);
  }

  private async answer<Key extends keyof Reply>(key: Key): Promise<Required<Pick<Reply, Key>>> {
    const reply = await new Promise<Reply>((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      const timer = setTimeout(() => {
        this.fail(`did not answer for ${this.patience} seconds`);
        this.child.kill('SIGKILL');
      }, this.patience * 1000);
      const settled = <T>(settle: (value: T) => void) => {
        return (value: T) => {
          clearTimeout(timer);
          this.#waiting = undefined;
          settle(value);
        };
      };
      this.#waiting = { resolve: settled(resolve), reject: settled(reject) };
    });
    if (reply[key] !== undefined) return reply as Required<Pick<Reply, Key>>;
    throw new ContestantFailed(`said ${JSON.stringify(reply)} where "${key}" was expected`);
  }

  private hear(line: string): void {
    const reply = parse(line);
    if (reply !== undefined) this.#waiting?.resolve(reply);
  }

  private fail(why: string): void {
    this.#failure ??= new ContestantFailed(why);
    this.#waiting?.reject(this.#failure);
  }

  private async gone(): Promise<void> {
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

function death(code: number | null, signal: NodeJS.Signals | null, lastWords: string): string {
  if (signal === 'SIGKILL') return 'was killed (SIGKILL), most likely for want of memory';
  const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
  return lastWords === '' ? how : `${how}: ${lastWords}`;
}
