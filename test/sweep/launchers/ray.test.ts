import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { builtins } from '../../../src/app/builtins.js';
import type { Launcher, LauncherSite } from '../../../src/registry/kinds/launcher.js';
import { make } from '../../../src/registry/make.js';

interface Asked {
  readonly line: string;
  readonly token: string | undefined;
  readonly body: Record<string, unknown>;
}

interface Place {
  readonly dir: string;
  readonly asked: Asked[];
  readonly launcher: Launcher;
}

type Answer = readonly [status: number, body: unknown];

const CLUSTER: Answer = [
  200,
  { data: { clusterStatus: { loadMetricsReport: { usage: { CPU: [0, 8], GPU: [0, 2], memory: [0, 1e9] } } } } },
];

/** Tests of a real Ray are in test/services; this server records requests and gives set responses. */
async function place(
  t: TestContext,
  {
    answers = {},
    options = {},
    env = {},
    jobs = null,
  }: {
    answers?: Readonly<Record<string, Answer>>;
    options?: Record<string, unknown>;
    env?: NodeJS.ProcessEnv;
    jobs?: number | null;
  } = {},
): Promise<Place> {
  const dir = await mkdtemp(join(tmpdir(), "it's ray "));
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const line = `${request.method} ${request.url}`;
      asked.push({ line, token: request.headers.authorization, body });
      const [status, answer] = answers[line] ?? (line === 'GET /api/cluster_status' ? CLUSTER : [200, {}]);
      response.writeHead(status).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(async () => {
    server.close();
    await rm(dir, { recursive: true, force: true });
  });
  const site: LauncherSite = {
    sweep: 'toy,lambda-1a2b',
    dir,
    jobs,
    cwd: dir,
    env,
    logOf: (trial) => join(dir, `log of ${trial}.txt`),
    note: () => undefined,
  };
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { dir, asked, launcher: make(builtins().launcher, { type: 'ray', address, ...options }, site) };
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const part of request) text += String(part);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

const submitted = ({ asked }: Place) => asked.filter(({ line }) => line === 'POST /api/jobs/').map(({ body }) => body);

describe('the launcher ray', () => {
  test('submits each trial as a job with its resources, and an environment without secrets', async (t) => {
    const here = await place(t, {
      options: { cpus: 4, gpus: 1, memory: 2e9, resources: { TPU: 1 }, env: ['MY_KEY'] },
      env: {
        RUNNER_STORE_LIMIT: '5 GB',
        MLFLOW_TRACKING_PASSWORD: 'p',
        MY_KEY: 'k',
        OTHER: 'o',
        RAY_AUTH_TOKEN: 'tok',
      },
    });
    const handles = await here.launcher.submit({ trials: [3], command: ['true'] });
    const [job] = submitted(here);
    assert.match(handles.get(3)!, /^toy-lambda-1a2b-3-[0-9a-f]{8}$/);
    assert.equal(job!['submission_id'], handles.get(3));
    assert.equal(job!['entrypoint_num_cpus'], 4);
    assert.equal(job!['entrypoint_num_gpus'], 1);
    assert.equal(job!['entrypoint_memory'], 2e9);
    assert.deepEqual(job!['entrypoint_resources'], { TPU: 1 });
    const { env_vars: env } = job!['runtime_env'] as { env_vars: Record<string, string> };
    assert.deepEqual(env, { RAY_JOB_STOP_WAIT_TIME_S: '60', RUNNER_STORE_LIMIT: '5 GB', MY_KEY: 'k' });
    assert.deepEqual([...new Set(here.asked.map(({ token }) => token))], ['Bearer tok']);
  });

  test('quotes special characters in the command of a job, and appends to its log', async (t) => {
    const here = await place(t);
    await here.launcher.submit({ trials: [3], command: ['printf', '%s\n', "it's; $HOME"] });
    const entrypoint = String(submitted(here)[0]!['entrypoint']);
    for (let attempt = 0; attempt < 2; attempt++) await promisify(execFile)('sh', ['-c', entrypoint]);
    assert.equal(await readFile(join(here.dir, 'log of 3.txt'), 'utf8'), "it's; $HOME\n3\n".repeat(2));
  });

  test('runs as many jobs as fit in the cluster by default', async (t) => {
    const cases = [
      { options: { cpus: 3 }, jobs: null, capacity: 2 },
      { options: { cpus: 1, gpus: 1 }, jobs: null, capacity: 2 },
      { options: { cpus: 0, gpus: 0 }, jobs: null, capacity: 1 },
      { options: { cpus: 1 }, jobs: 3, capacity: 3 },
      { options: { cpus: 4 }, jobs: 5, capacity: 2 },
    ];
    for (const { options, jobs, capacity } of cases) {
      const { launcher } = await place(t, { options, jobs });
      await launcher.submit({ trials: [1], command: ['true'] });
      assert.equal(launcher.capacity, capacity, JSON.stringify({ options, jobs }));
    }
  });

  test('reports queued, running and ended jobs, and as lost those that the head forgot or that failed inside Ray', async (t) => {
    const job = (status: string, code: number | null = 0): Answer => [200, { status, driver_exit_code: code }];
    const { launcher } = await place(t, {
      answers: {
        'GET /api/jobs/a': job('PENDING', null),
        'GET /api/jobs/b': job('RUNNING', null),
        'GET /api/jobs/c': job('SUCCEEDED'),
        'GET /api/jobs/d': job('FAILED', 1),
        'GET /api/jobs/e': job('FAILED', null),
        'GET /api/jobs/f': job('STOPPED', null),
        'GET /api/jobs/g': [404, 'no such job'],
        'GET /api/jobs/h': job('A_WORD_OF_TOMORROW'),
      },
    });
    const states = [...(await launcher.watch([...'abcdefgh'])).values()];
    assert.deepEqual(states, ['queued', 'running', 'gone', 'gone', 'lost', 'gone', 'lost', 'running']);
  });

  test('treats server errors as temporary, and refusals as problems of the user', async (t) => {
    const answering = async (answer: Answer, env: NodeJS.ProcessEnv = {}) =>
      (await place(t, { answers: { 'GET /api/jobs/a': answer }, env })).launcher.watch(['a']);
    await assert.rejects(answering([503, 'later']), { name: 'Error', message: /answered 503/ });
    await assert.rejects(answering([401, '']), { name: 'ProblemError', message: /expects a token, and none is set/ });
    const other = answering([403, ''], { RAY_AUTH_TOKEN: 'x' });
    await assert.rejects(other, { name: 'ProblemError', message: /rejects the one that is set/ });
    await assert.rejects(answering([400, 'Traceback\nbad option']), {
      name: 'ProblemError',
      message: /\(400\): bad option/,
    });
    await assert.rejects(answering([200, '<html>']), { name: 'ProblemError', message: /is not a Ray dashboard/ });
  });

  test('keeps jobs submitted before the head stopped responding, and retries the rest', async (t) => {
    const answers: Record<string, Answer> = {};
    const here = await place(t, { answers });
    await here.launcher.submit({ trials: [1], command: ['true'] });
    const trials = { trials: [2, 3, 4], command: ['true'] };
    let left = 2;
    Object.defineProperty(answers, 'POST /api/jobs/', { get: () => (left-- > 0 ? [200, {}] : [503, 'later']) });
    assert.deepEqual([...(await here.launcher.submit(trials)).keys()], [2, 3]);
    await assert.rejects(here.launcher.submit(trials), { name: 'Error', message: /answered 503/ });
  });

  test('reports a wrong address if the first request gets no response', async (t) => {
    const { launcher } = await place(t, { options: { address: 'http://127.0.0.1:1' } });
    const submit = launcher.submit({ trials: [1], command: ['true'] });
    await assert.rejects(submit, { name: 'ProblemError', message: /http:\/\/127\.0\.0\.1:1 does not respond/ });
  });

  test('asks each job to stop on cancel, and ignores one that has ended', async (t) => {
    const { launcher, asked } = await place(t, { answers: { 'POST /api/jobs/b/stop': [404, 'no such job'] } });
    await launcher.cancel(['a', 'b']);
    assert.deepEqual(asked.map(({ line }) => line).sort(), ['POST /api/jobs/a/stop', 'POST /api/jobs/b/stop']);
  });
});
