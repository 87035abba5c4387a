import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { obtain } from '../../../src/data/library/library.js';
import { until, WITHIN } from '../../until.js';
import { zip } from '../archives.js';
import { send, serve } from '../remote/server.js';
import { quietWork } from '../quiet-work.js';
import { filesIn, temporaryCache } from './rig.js';

const noise = Buffer.alloc(3_000_000, 'noise that is long enough to be told apart ');
const archive = zip(
  ...Array.from({ length: 40 }, (_, i) => ({ name: `trainA/${i}.jpg`, content: noise.subarray(i), method: 0 })),
);
const module = new URL('../../../src/data/library/library.js', import.meta.url).href;

/** A process that obtains an archive and prints its progress. */
function obtainer(t: TestContext, url: string): ChildProcess & { output: string } {
  const script = `
    import { obtain } from ${JSON.stringify(module)};
    const work = {
      signal: new AbortController().signal,
      progress: ({ phase, done }) => console.log(phase, done),
      note: (_, text) => console.log(text),
    };
    const { dir } = await obtain({ name: 'set', url: ${JSON.stringify(url)} }, work);
    console.log('DONE', dir);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  const process_ = Object.assign(child, { output: '' });
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (process_.output += text.toString()));
  t.after(() => child.kill('SIGKILL'));
  return process_;
}

async function killWhen(child: ChildProcess & { output: string }, condition: () => boolean): Promise<void> {
  await until('the moment to kill it', {
    within: WITHIN.process,
    look: () => ({ reached: condition(), output: child.output }),
    is: ({ reached }) => reached,
    unless: () => child.exitCode !== null,
    every: 2,
  });
  child.kill('SIGKILL');
  if (child.signalCode === null) await once(child, 'close');
}

test('a process killed while it downloads leaves a partial download that the next one resumes', async (t) => {
  const library = temporaryCache(t);
  const server = await serve(t, (request, response) => {
    if (request.nth > 1) return send(request, response, archive);
    response.writeHead(200, { etag: '"1"', 'content-length': archive.length });
    response.write(archive.subarray(0, 1_000_000));
  });
  const url = `${server.url}/set.zip`;
  const child = obtainer(t, url);
  await killWhen(child, () => child.output.includes('downloading set.zip') && partOf(library) > 0);
  const part = partOf(library);
  assert.ok(part > 0 && part <= 1_000_000);
  const work = quietWork();
  const entry = await obtain({ name: 'set', url }, work);
  assert.equal(entry.record.files.length, 40);
  assert.equal(server.requests[1]!.range, `bytes=${part}-`);
  assert.ok(work.notes.some((note) => /died while fetching set; resuming its download/.test(note)));
  assert.ok(work.notes.some((note) => /Resuming the download of set\.zip/.test(note)));
});

test('a process killed while it unpacks leaves only the archive to the next one', async (t) => {
  const library = temporaryCache(t);
  const server = await serve(t, (request, response) => send(request, response, archive));
  const url = `${server.url}/set.zip`;
  const child = obtainer(t, url);
  const temporary = join(library, '.tmp');
  await killWhen(child, () => existsSync(temporary) && filesIn(temporary).length > 3);
  assert.equal(readdirSync(temporary).length, 1);
  assert.ok(!readdirSync(library).some((name) => name.startsWith('set')));
  const entry = await obtain({ name: 'set', url }, quietWork());
  assert.ok(readFileSync(join(entry.dir, 'trainA/39.jpg')).equals(noise.subarray(39)));
  assert.equal(server.requests.length, 1);
  assert.deepEqual(readdirSync(temporary), []);
  assert.deepEqual(readdirSync(join(library, '.downloads')), []);
});

test('of two processes that obtain an archive at once, one downloads it', async (t) => {
  temporaryCache(t);
  const server = await serve(t, (request, response) => void setTimeout(() => send(request, response, archive), 500));
  const children = [obtainer(t, server.url), obtainer(t, server.url)];
  await Promise.all(children.map((child) => once(child, 'close')));
  const dirs = children.map(({ output }) => /^DONE (.*)$/m.exec(output)?.[1]);
  assert.ok(dirs[0] !== undefined && dirs[0] === dirs[1], children.map(({ output }) => output).join('\n'));
  assert.equal(server.requests.length, 1);
  assert.equal(children.filter(({ output }) => /set is being fetched by process \d+/.test(output)).length, 1);
});

/** Bytes of the partial download. */
function partOf(library: string): number {
  const part = filesIn(library).find((file) => file.endsWith('.part'));
  return part === undefined ? 0 : readFileSync(join(library, part)).length;
}
