import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { TestContext } from 'node:test';
import { program } from '../../src/app/program.js';
import type { Io } from '../../src/cli/io.js';
import { main } from '../../src/cli/main.js';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs command lines in-process, in a temporary folder. */
export async function commandLine(t: TestContext, options: { readonly tty?: boolean; readonly env?: Io['env'] } = {}) {
  const { tty = false, env = {} } = options;
  const cwd = await mkdtemp(join(tmpdir(), 'runner-cli-'));
  t.after(() => rm(cwd, { recursive: true, force: true }));
  return { cwd, runner: (...argv: string[]) => runIn(cwd, argv, { tty, env }) };
}

/** Runs a command line in-process, in a folder. */
export async function runIn(
  cwd: string,
  argv: readonly string[],
  { tty = false, env = {} }: { readonly tty?: boolean; readonly env?: Io['env'] } = {},
): Promise<Said> {
  const [stdout, stderr] = [new Collector(tty), new Collector(tty)];
  const code = await main(argv, { stdout, stderr, cwd, env, program });
  return { code, out: stdout.text, err: stderr.text };
}

/** Collects what is written, as a terminal or not. */
export class Collector extends Writable {
  text = '';
  columns = 100;

  constructor(readonly isTTY = false) {
    super();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
