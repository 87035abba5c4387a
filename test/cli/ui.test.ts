import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { serverProgram, type Started } from './ui-program.js';
import { freePort, Running, untilGone } from '../rig.js';

const bin = fileURLToPath(new URL('../../src/app/command.js', import.meta.url));

describe('runner ui', () => {
  let dir: string;
  let env: Record<string, string>;
  const started: ChildProcess[] = [];
  const holders: Server[] = [];
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'runner-ui-'));
    for (const name of ['tensorboard', 'mlflow'] as const) await serverProgram(join(dir, 'bin'), name);
    // No other program than these, /bin/sh's and Node.
    const path = [join(dir, 'bin'), '/bin', '/usr/bin', dirname(process.execPath)].join(':');
    env = { PATH: path, PIDS: dir, HOME: dir, XDG_CACHE_HOME: join(dir, 'cache') };
  });
  afterEach(async () => {
    for (const { pid, exitCode, signalCode } of started.splice(0)) {
      if (exitCode === null && signalCode === null) process.kill(pid!, 'SIGKILL');
    }
    for (const holder of holders.splice(0)) holder.close();
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  });

  function ui(...args: readonly string[]) {
    const child = spawn(process.execPath, [bin, 'ui', ...args], { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] });
    started.push(child);
    const running = new Running(child);
    const ended = running.ended.then(({ code, output }) => ({ code, said: output }));
    const says = async (words: RegExp): Promise<string> => {
      await running.says(words);
      return running.output;
    };
    return { child, ended, says };
  }

  /** The process of a program that was started, and what it was given. */
  async function processOf(name: string): Promise<Started> {
    return JSON.parse(await readFile(join(dir, name), 'utf8')) as Started;
  }

  /** A port of a program that never answers, to the end of the test. */
  async function takenPort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    holders.push(server);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  test('shows TensorBoard’s address once it responds, and Ctrl-C ends it', async () => {
    const port = await freePort();
    const { child, ended, says } = ui('--port', String(port));
    await says(/Ctrl-C stops the servers/);
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'OK');
    const { pid, args } = await processOf('tensorboard');
    assert.equal(args[args.indexOf('--logdir') + 1], join(dir, 'runs'));
    child.kill('SIGINT');
    const { code, said } = await ended;
    assert.equal(code, 0, said);
    assert.match(said, new RegExp(`TensorBoard +http://127\\.0\\.0\\.1:${port}/`));
    assert.match(said, /no runs yet in runs/);
    assert.doesNotMatch(said, /MLflow/);
    await untilGone(pid);
  });

  test('ends its servers also if it is killed', async () => {
    const { child, says } = ui('--port', String(await freePort()));
    await says(/Ctrl-C stops the servers/);
    const { pid } = await processOf('tensorboard');
    child.kill('SIGKILL');
    await untilGone(pid);
  });

  test('starts the local MLflow server of the runs, with its data next to the runs', async () => {
    const port = await freePort();
    const run = join(dir, 'runs', 'toy-12345678');
    await mkdir(run, { recursive: true });
    const uri = `http://127.0.0.1:${port}`;
    await writeFile(join(run, 'config.yaml'), `plugins: []\ntracking: {mlflow: {uri: "${uri}"}}\n`);
    const { child, ended, says } = ui('--port', String(await freePort()));
    await says(/Ctrl-C stops the servers/);
    const { pid, args } = await processOf('mlflow');
    assert.ok(args.includes(`sqlite:///${join(dir, 'runs', '.mlflow', 'mlflow.db')}`), args.join(' '));
    child.kill('SIGTERM');
    const { code, said } = await ended;
    assert.equal(code, 0, said);
    assert.match(said, new RegExp(`MLflow +${uri} +its data is in runs/\\.mlflow`));
    assert.match(said, /one run in runs/);
    await untilGone(pid);
  });

  test('warns of a remote MLflow server that does not respond, and shows TensorBoard', async () => {
    env['MLFLOW_TRACKING_URI'] = 'http://mlflow.invalid:5000';
    const { child, ended, says } = ui('--port', String(await freePort()));
    await says(/Ctrl-C stops the servers/);
    child.kill('SIGINT');
    const { code, said } = await ended;
    assert.equal(code, 0);
    assert.match(said, /warning: the MLflow server http:\/\/mlflow\.invalid:5000 does not answer/);
  });

  test('Ctrl-C ends both', async () => {
    env['MLFLOW_TRACKING_URI'] = `http://localhost:${await freePort()}`;
    const { child, ended, says } = ui('--port', String(await freePort()));
    await says(/Ctrl-C stops the servers/);
    const pids = await Promise.all(['tensorboard', 'mlflow'].map(async (name) => (await processOf(name)).pid));
    child.kill('SIGINT');
    const { code, said } = await ended;
    assert.equal(code, 0, said);
    assert.match(said, new RegExp(`MLflow +${env['MLFLOW_TRACKING_URI']}\\s`));
    for (const pid of pids) await untilGone(pid);
  });

  test('a program that ignores SIGTERM is ended, too, also when runner is killed', async () => {
    env['IGNORES'] = 'SIGTERM';
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      const { child, says } = ui('--port', String(await freePort()));
      await says(/Ctrl-C stops the servers/);
      const { pid } = await processOf('tensorboard');
      child.kill(signal);
      await untilGone(pid);
    }
  });

  test('an MLflow server is started where its address says, or not at all', async () => {
    const port = await takenPort();
    env['MLFLOW_TRACKING_URI'] = `http://127.0.0.1:${port}`;
    const { child, ended, says } = ui('--port', String(await freePort()));
    await says(/Ctrl-C stops the servers/);
    child.kill('SIGINT');
    assert.match(
      (await ended).said,
      new RegExp(`warning: .*http://127\\.0\\.0\\.1:${port}.*another program has its port`),
    );
    assert.ok(!(await readdir(dir)).includes('mlflow'));
  });

  test('--mlflow starts a server that no run names, and shows how to use it', async () => {
    const { child, ended, says } = ui('--port', String(await freePort()), '--mlflow');
    await says(/Ctrl-C stops the servers/);
    const { args } = await processOf('mlflow');
    const port = Number(args[args.indexOf('--port') + 1]);
    assert.ok(port >= 5000 && port < 5100);
    child.kill('SIGINT');
    assert.match((await ended).said, new RegExp(`MLFLOW_TRACKING_URI=http://127\\.0\\.0\\.1:${port}\\b`));
  });

  test('reports an address that this machine does not have', async () => {
    const { code, said } = await ui('--host', '192.0.2.1').ended;
    assert.equal(code, 1);
    assert.match(said, /no address 192\.0\.2\.1 to listen at/);
    assert.match(said, /--host/);
  });

  test('reports a port in use', async () => {
    const port = await takenPort();
    const { code, said } = await ui('--port', String(port)).ended;
    assert.equal(code, 1);
    assert.match(said, new RegExp(`Port ${port} is taken`));
  });

  test('reports a program that ends unexpectedly with its last output, and ends the rest', async () => {
    env['DIES'] = 'mlflow';
    const { code, said } = await ui('--port', String(await freePort()), '--mlflow').ended;
    assert.equal(code, 1);
    assert.match(said, /MLflow has ended by itself \(3\)\. Its last words:\s+the database is locked/);
    const { pid } = await processOf('tensorboard');
    await untilGone(pid);
  });

  test('reports TensorBoard if it ends later, and ends its children and MLflow', async () => {
    env['HELPER'] = 'tensorboard';
    env['MLFLOW_TRACKING_URI'] = `http://127.0.0.1:${await freePort()}`;
    const { ended, says } = ui('--port', String(await freePort()));
    await says(/Ctrl-C stops the servers/);
    const { pid, helper } = await processOf('tensorboard');
    process.kill(pid, 'SIGKILL');
    const { code, said } = await ended;
    assert.equal(code, 1);
    assert.match(said, /TensorBoard has ended by itself/);
    await untilGone(helper!);
    await untilGone((await processOf('mlflow')).pid);
  });

  test('reports a given Python without TensorBoard, with a cure', async () => {
    env['RUNNER_UI_PYTHON'] = join(dir, 'no-python');
    const { code, said } = await ui().ended;
    assert.equal(code, 1);
    assert.match(said, /RUNNER_UI_PYTHON is \S+no-python, which cannot run tensorboard/);
    assert.match(said, /pip install tensorboard/);
  });

  test('says what to install if there is no Python', async () => {
    await rm(join(dir, 'bin', 'tensorboard'));
    env['PATH'] = join(dir, 'bin');
    const { code, said } = await ui().ended;
    assert.equal(code, 1);
    assert.match(said, /There is no python3 in PATH/);
    assert.match(said, /Install Python 3.*apt-get install python3-venv/);
  });

  /** A python3 that makes environments, whose Python does what `pip` says, and then runs the program of this test. */
  async function pythonWithPip(pip: string): Promise<string> {
    const board = join(dir, 'board', 'tensorboard');
    await serverProgram(dirname(board), 'tensorboard');
    await rm(join(dir, 'bin', 'tensorboard'));
    const own = `#!/bin/sh\ncase "$*" in *pip*) ${pip};; *tensorboard.main*) shift 2; exec ${board} "$@";; esac\n`;
    await writeFile(join(dir, 'own'), own, { mode: 0o755 });
    const makes = `#!/bin/sh\nmkdir -p "$3/bin" && cp ${join(dir, 'own')} "$3/bin/python"\n`;
    await writeFile(join(dir, 'bin', 'python3'), makes, { mode: 0o755 });
    return join(dir, 'cache', 'cyclegan-runner', 'ui');
  }

  test('sets an environment up in one of two commands, while the other waits', async () => {
    const environments = await pythonWithPip('sleep 3; echo once >>"$PIDS/installed"');
    const both = [ui('--port', String(await freePort())), ui('--port', String(await freePort()))];
    await Promise.all(both.map(({ says }) => says(/Ctrl-C stops the servers/)));
    for (const { child } of both) child.kill('SIGINT');
    const ends = await Promise.all(both.map(({ ended }) => ended));
    assert.deepEqual(
      ends.map(({ code }) => code),
      [0, 0],
    );
    assert.equal(
      ends.filter(({ said }) => /tensorboard==\S+ is set up in \S+ \(about \d+ MB, once\)/.test(said)).length,
      1,
    );
    assert.equal(ends.filter(({ said }) => /Waiting for process \d+.*sets up tensorboard/.test(said)).length, 1);
    assert.equal(await readFile(join(dir, 'installed'), 'utf8'), 'once\n');
    assert.equal((await readdir(environments)).length, 1);
  });

  test('Ctrl-C while an environment is set up leaves nothing of it', async () => {
    const environments = await pythonWithPip('exec sleep 60');
    const { child, ended, says } = ui();
    await says(/is set up in/);
    await sleep(500);
    child.kill('SIGINT');
    assert.equal((await ended).code, 0);
    assert.deepEqual(await readdir(environments), []);
  });

  test('replaces an environment without Python; a failure of pip is reported and leaves nothing', async () => {
    const environments = await pythonWithPip('echo "ERROR: No matching distribution" >&2; exit 1');
    await mkdir(join(environments, 'tensorboard-2.20.0'), { recursive: true });
    await writeFile(join(environments, 'tensorboard-2.20.0', 'finished'), '');
    const { code, said } = await ui().ended;
    assert.equal(code, 1);
    assert.match(said, /ERROR: No matching distribution/);
    assert.match(said, /pip install tensorboard/);
    assert.deepEqual(await readdir(environments), []);
  });

  test('reports an environment that cannot be set up, and removes it', async () => {
    await rm(join(dir, 'bin', 'tensorboard'));
    env['PYTHON'] = join(dir, 'bin', 'no-python');
    const { code, said } = await ui().ended;
    assert.equal(code, 1);
    assert.match(said, /tensorboard==\S+ could not be set up:\s+There is no \S+no-python in PATH/);
    assert.match(said, /RUNNER_UI_PYTHON/);
    assert.doesNotMatch((await readdir(join(dir, 'cache'), { recursive: true })).join(), /finished|bin/);
  });
});
