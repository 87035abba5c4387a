import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { GpuMemory, parseCardUse, parseProcesses, readGpuUse } from '../../bench/gpu-memory.js';
import { race } from '../../bench/race.js';
import { entry, fake } from './rig.js';

const MIB = 2 ** 20;

describe('nvidia-smi’s answer', () => {
  test('lists the memory of processes', () => {
    assert.deepEqual(
      parseProcesses('2817, 9362\n31544, 3414\n'),
      new Map([
        [2817, 9362 * MIB],
        [31544, 3414 * MIB],
      ]),
    );
  });

  test('adds what a process has on several cards', () => {
    assert.deepEqual(parseProcesses('2817, 526\n2817, 9362\n'), new Map([[2817, 9888 * MIB]]));
  });

  test('may lack numbers', () => {
    assert.deepEqual(parseProcesses(''), new Map());
    assert.deepEqual(parseProcesses('2817, [N/A]\n31544, [Insufficient Permissions]\n'), new Map());
    assert.deepEqual(parseProcesses('No devices were found\n'), new Map());
    assert.deepEqual(parseCardUse('[N/A]\n'), []);
  });

  test('lists the memory in use of cards', () => {
    assert.deepEqual(parseCardUse('1024\n0\n'), [1024 * MIB, 0]);
  });
});

describe('the memory on GPUs', () => {
  test('is unknown without nvidia-smi', async (t) => {
    await withNvidiaSmi(t, undefined);
    assert.equal(await readGpuUse(), undefined);
    const memory = new GpuMemory();
    await memory.begin();
    await memory.sample(17, true);
    assert.equal(memory.peakMb, undefined);
  });

  test('is the highest that the process has held', async (t) => {
    const nvidiaSmi = await withNvidiaSmi(t, { processes: '', used: 500 });
    const memory = new GpuMemory();
    await memory.begin();
    await nvidiaSmi({ processes: '17, 2000\n18, 9000', used: 11_500 });
    await memory.sample(17, true);
    await nvidiaSmi({ processes: '17, 1000\n18, 9000', used: 10_500 });
    await memory.sample(17, false);
    assert.equal(memory.peakMb, 2097);
  });

  test('is what the cards have more in use, where processes are not listed and no other has worked', async (t) => {
    const nvidiaSmi = await withNvidiaSmi(t, { processes: '', used: 500 });
    const memory = new GpuMemory();
    await memory.begin();
    await nvidiaSmi({ processes: '', used: 2500 });
    await memory.sample(17, true);
    await nvidiaSmi({ processes: '', used: 90_000 });
    await memory.sample(17, false);
    assert.equal(memory.peakMb, 2097);
  });

  test('is measured in a race for contestants that compute on one', async (t) => {
    const nvidiaSmi = await withNvidiaSmi(t, { processes: '', used: 0 });
    const uses = `require('node:fs').writeFileSync(${JSON.stringify(nvidiaSmi.processes)}, process.pid + ', 1000');`;
    const work = 'send({ seconds: 1 })';
    const entries = [
      entry('card', fake(work, uses, { ready: { device: 'gpu' } })),
      entry('processor', fake(work, uses)),
    ];
    const [card, processor] = await race(entries, { warmup: 1, rounds: 1, log: () => undefined });
    assert.equal(card!.gpuMb, 1049);
    assert.equal(processor!.gpuMb, undefined);
  });
});

/** What the fake nvidia-smi reports, in MiB. */
interface Reported {
  readonly processes: string;
  readonly used: number;
}

/** Puts a fake nvidia-smi first on the path, or none at all. @returns changes what it reports */
async function withNvidiaSmi(t: TestContext, reported: Reported | undefined) {
  const dir = await mkdtemp(join(tmpdir(), 'bench-nvidia-'));
  const { PATH } = process.env;
  t.after(async () => {
    process.env['PATH'] = PATH;
    await rm(dir, { recursive: true });
  });
  process.env['PATH'] = reported === undefined ? dir : `${dir}${delimiter}${PATH}`;
  const [processes, used, program] = ['processes', 'used', 'nvidia-smi'].map((name) => join(dir, name));
  const report = async (next: Reported) => {
    await writeFile(processes!, next.processes);
    await writeFile(used!, String(next.used));
  };
  if (reported !== undefined) {
    await report(reported);
    const script = `#!/bin/sh\ncase "$1" in *compute-apps*) cat '${processes}';; *) cat '${used}';; esac\necho\n`;
    await writeFile(program!, script);
    await chmod(program!, 0o755);
  }
  return Object.assign(report, { processes: processes! });
}
