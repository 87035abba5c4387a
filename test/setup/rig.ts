import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { until, WITHIN } from '../until.js';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const wheel = 'what a real wheel would hold';

/** How `runner` ended. */
export interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The process that a lock names. */
interface Marked {
  readonly pid: number;
  readonly identity?: string;
  readonly namespace?: string;
}

/** What else a lock that was left says, and where it lies in the cache. */
interface Left {
  readonly id?: string;
  readonly host?: string;
  readonly file?: string;
  readonly child?: { readonly pid: number; readonly process: string };
}

/**
 * A package of its own with the real set-up in it, an empty cache, and a PATH on which pip and the compilers are fakes
 * that write down how they were called. It has no lock file and no sources, so only the engine is to be set up.
 */
export class Rig {
  readonly root = mkdtempSync(join(tmpdir(), 'runner-setup-'));
  readonly cache = join(this.root, 'cache', 'cyclegan-runner');
  /** The experiment's config, for commands that need one to be there. */
  readonly config = join(this.root, 'my.yaml');
  readonly #bin = join(this.root, 'bin');

  constructor(test: TestContext) {
    test.after(() => {
      rmSync(this.root, { recursive: true, force: true });
    });
    for (const part of ['runner', 'setup']) cpSync(join(repository, part), join(this.root, part), { recursive: true });
    this.write('my.yaml', '');
    this.write('package.json', '{"name": "rig", "type": "module"}');
    this.write('dist/app/command.js', 'process.stdout.write("ran " + process.argv.slice(2).join(" "));');
    this.write('node_modules/node-api-headers/include/node_api.h', '');
    this.write('dist/tfjs-node/package.json', '{}');
    this.write('dist/report/client/report.js', '');
    this.write('dist/web/client/demo.js', '');
    // The fake compilers write a word where a library should be.
    this.write(
      'setup/engine/try-loading.cjs',
      "if (require('fs').readFileSync(process.argv[2], 'utf8') === 'bad') process.exit(console.error('undefined symbol') ?? 1);",
    );
    this.pin(sha256(wheel));
    for (const tool of ['sh', 'dirname', 'readlink', 'sleep', 'cat', 'mkdir', 'cp', 'touch']) this.#link(tool);
    symlinkSync(process.execPath, join(this.#bin, 'node'));
    this.givePython();
    this.giveCompiler('g++');
  }

  /** The engine's binding, where it has been set up. */
  binding(kind: 'cpu' | 'gpu' = 'cpu'): string | undefined {
    const files = this.engines(kind).flatMap((folder) =>
      ['lib/tfjs_binding.node', 'lib/napi-v8/tfjs_binding.node'].map((file) => join(folder, file)),
    );
    return files.find((file) => existsSync(file));
  }

  /** The folders of the engines that are set up. */
  engines(kind: 'cpu' | 'gpu' = 'cpu'): string[] {
    const folder = join(this.cache, 'engines');
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => name.startsWith(kind))
      .map((name) => join(folder, name));
  }

  /** An npm that brings tfjs-node with this installer. */
  giveInstaller(script: string): void {
    this.giveTool(
      'npm',
      `while [ $# -gt 0 ] && [ "$1" != --prefix ]; do shift; done
folder="$2/node_modules/\${3%@*}"
mkdir -p "$folder/scripts"
printf '%s' '${script.replaceAll("'", `'\\''`)}' >"$folder/scripts/install.js"`,
    );
  }

  /** Makes every download expect this checksum. */
  pin(checksum: string): void {
    const pins = join(this.root, 'setup/engine/pins.cjs');
    const text = readFileSync(pins, 'utf8').replaceAll(/sha256: '\w+'/g, `sha256: '${checksum}'`);
    writeFileSync(
      pins,
      text.replaceAll(/bytes: \d+/g, 'bytes: 1000').replaceAll(/unpackedBytes: \w+/g, 'unpackedBytes: 1000'),
    );
  }

  /** A python3 whose pip "downloads" the fake wheel, and which "unpacks" it. @param before shell commands run by each download */
  givePython(before = ''): void {
    this.#script(
      'python3',
      `case "$*" in
  *"pip --version"*) exit 0 ;;
  *"pip download"*)
    echo "pip $*" >>"$LOG"
    ${before}
    while [ $# -gt 0 ] && [ "$1" != --dest ]; do shift; done
    case $3 in
${this.#wheelNames()}
    esac
    printf '%s' '${wheel}' >"$2/$name" ;;
  *unpack.py*)
    echo "unpack" >>"$LOG"
    mkdir -p "$2/tensorflow" "$2/ziglang"
    touch "$2/tensorflow/libtensorflow_cc.so.2"
    cp "$(dirname "$0")/zig" "$2/ziglang/zig" ;;
esac`,
    );
    this.#script('zig', compilerScript('zig'));
  }

  /** @param before shell commands run by each compilation */
  giveCompiler(name: string, before = ''): void {
    this.#script(name, `${before}\n${compilerScript(name)}`);
  }

  /** @param text what the program does, in shell */
  giveTool(name: string, text: string): void {
    this.#script(name, text);
  }

  take(name: string): void {
    rmSync(join(this.#bin, name));
  }

  /** What the fakes were called for, in order: `pip`, `unpack`, `g++`... */
  calls(): string[] {
    const log = join(this.root, 'log');
    if (!existsSync(log)) return [];
    return readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]!);
  }

  /** @param user whom it runs as, if that is another than the tests' */
  run(
    words: readonly string[] = ['setup'],
    env: NodeJS.ProcessEnv = {},
    file = 'runner',
    user: { readonly uid?: number; readonly gid?: number } = {},
  ): Ending {
    const { status, stdout, stderr } = spawnSync(join(this.root, file), words, {
      ...this.#options(env),
      ...user,
      encoding: 'utf8',
    });
    return { code: status, stdout, stderr };
  }

  /** Starts `runner` and does not wait. */
  start(words: readonly string[] = ['setup'], env: NodeJS.ProcessEnv = {}) {
    const child = spawn(join(this.root, 'runner'), words, this.#options(env));
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = new Promise<Ending>((resolve) =>
      child.on('close', (code) => {
        resolve({ code, stdout, stderr });
      }),
    );
    /** Waits until it has said this on stderr; fails if it ends without. */
    let over = false;
    void ended.then(() => (over = true));
    const said = (text: string) =>
      until(`"${text}" on stderr`, {
        within: WITHIN.process,
        look: () => stderr,
        is: (all) => all.includes(text),
        unless: () => over,
      });
    return { child, ended, said, stderr: () => stderr };
  }

  /** A lock, or a claim on one, as a set-up on this or another computer leaves it. */
  lock(
    { pid, identity = '', namespace }: Marked,
    { id = 'x', host = hostname(), file = 'setup.lock', child }: Left = {},
  ): string {
    const holder = { id, pid, process: identity, namespace, host, start: '2020-01-01T00:00:00.000Z', child };
    return this.#leave(file, holder);
  }

  /** A lock as set-ups of older versions wrote it. */
  olderLock(process: Marked, { id = 'x', host = hostname(), file = 'setup.lock' }: Left = {}): string {
    return this.#leave(file, { id, process, host, started: '2020-01-01T00:00:00.000Z' });
  }

  #leave(file: string, holder: object): string {
    this.write(join('cache/cyclegan-runner', file), JSON.stringify(holder));
    return join(this.cache, file);
  }

  write(path: string, text: string): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  #options(env: NodeJS.ProcessEnv) {
    return {
      cwd: tmpdir(),
      env: {
        PATH: this.#bin,
        HOME: this.root,
        XDG_CACHE_HOME: join(this.root, 'cache'),
        LOG: join(this.root, 'log'),
        RUNNER_ENGINE: 'cpu',
        ...env,
      },
    };
  }

  /** Which file each requirement brings on this platform, as the cases of a shell's `case`. */
  #wheelNames(): string {
    const pins = readFileSync(join(this.root, 'setup/engine/pins.cjs'), 'utf8');
    const version = /tensorflowVersion = '([^']*)'/.exec(pins)?.[1] ?? '';
    const wheels = pins
      .replaceAll('${tensorflowVersion}', version)
      .matchAll(/requirement: ['`](.*)['`],\s*file: '(.*)'/g);
    const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
    const here = [...wheels].filter(([, , file]) => file!.endsWith(`${machine}.whl`));
    return here.map(([, requirement, file]) => `      '${requirement}') name=${file} ;;`).join('\n');
  }

  #script(name: string, text: string): void {
    const file = join(this.#bin, name);
    mkdirSync(this.#bin, { recursive: true });
    rmSync(file, { force: true });
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
  }

  #link(tool: string): void {
    mkdirSync(this.#bin, { recursive: true });
    const path = ['/bin', '/usr/bin'].map((folder) => join(folder, tool)).find((file) => existsSync(file));
    if (path === undefined) throw new Error(`the tests need ${tool}`);
    symlinkSync(path, join(this.#bin, tool));
  }
}

/** Compiles nothing: what it is told to write says which compiler it was. */
function compilerScript(name: string): string {
  return `echo "${name} $*" >>"$LOG"
while [ $# -gt 0 ] && [ "$1" != -o ]; do shift; done
printf '%s' '${name}' >"$2"`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
