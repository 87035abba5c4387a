import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const file = '.github/workflows/sweep-lambda.yml';

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

/** As small as a training gets. */
const CONFIG = `
name: tiny
dataset: {type: synthetic, train: 4, test: 2, image_size: 16}
generator: {type: unet, width: 4}
discriminator: {type: patchgan, width: 4, layers: 1}
train: {epochs: 1, samples: 1}
evaluate: {samples: 1}
export: {formats: [weights]}
`;

describe('the workflow that sweeps lambda', () => {
  let workflow: Workflow;
  let home: string;
  before(async () => {
    workflow = parse(await readFile(join(root, file), 'utf8')) as Workflow;
    home = await mkdtemp(join(tmpdir(), 'workflow-'));
  });
  after(() => rm(home, { recursive: true, force: true }));

  test('plans, runs each trial in a checkout of its own, and collects the table: its steps, as they are written', async () => {
    const plan = await checkout('plan');
    await steps('plan', plan, {});
    const output = await readFile(join(plan, 'output'), 'utf8');
    const { include } = JSON.parse(output.replace(/^matrix=/, '')) as { include: { trial: number; name: string }[] };
    assert.deepEqual(include, [
      { trial: 1, name: 'lambda=1' },
      { trial: 2, name: 'lambda=50' },
    ]);

    const collect = await checkout('collect');
    for (const { trial } of include) {
      const job = await checkout(`trial-${trial}`);
      await steps('trial', job, { TRIAL: String(trial) });
      // What upload-artifact and download-artifact do, without checkpoints and hidden files.
      const kept = (path: string) => !/checkpoints|[/]\\.store/.test(path.slice(job.length));
      await cp(join(job, 'runs'), join(collect, 'artifacts', `trial-${trial}`), { recursive: true, filter: kept });
    }
    await steps('collect', collect, {});
    const summary = await readFile(join(collect, 'summary'), 'utf8');
    assert.match(summary, /2 trials: 2 done\. Best by psnr/);
    assert.match(summary, /\| 1 \| [12] \| (1|50) \| [\d.]+ \|/);
  });

  /** A folder as actions/checkout leaves one, as far as the steps look at it. */
  async function checkout(name: string): Promise<string> {
    const dir = join(home, name);
    await mkdir(dir);
    await symlink(join(root, 'runner'), join(dir, 'runner'));
    await writeFile(join(dir, 'tiny.yaml'), CONFIG);
    return dir;
  }

  async function steps(job: string, dir: string, matrix: Readonly<Record<string, string>>): Promise<void> {
    const commands = workflow.jobs[job]!.steps.filter(({ run }) => run !== undefined);
    assert.ok(commands.length >= 2);
    for (const { run } of commands) {
      const env = {
        ...process.env,
        ...matrix,
        CONFIG: 'tiny.yaml',
        LAMBDA: '1,50',
        GITHUB_OUTPUT: join(dir, 'output'),
        GITHUB_STEP_SUMMARY: join(dir, 'summary'),
      };
      // As GitHub starts bash.
      const { code, printed } = await ended(['--noprofile', '--norc', '-eo', 'pipefail', '-c', run!], dir, env);
      assert.equal(code, 0, `${run!}\n${printed}`);
    }
  }
});

function ended(words: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
  return new Promise<{ code: number | null; printed: string }>((resolve, reject) => {
    const child = spawn('bash', words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => (printed += text.toString()));
    child.on('error', reject).on('close', (code) => resolve({ code, printed }));
  });
}
