import type { RunStart, RunStartedRecord } from '../../registry/kinds/record.js';

/**
 * Tags about the origin of a run (machine, code, user), named as in MLflow's own clients; tags that those do not have begin with `runner.`.
 */
export function startTags({ value }: Pick<RunStartedRecord, 'value'>): Record<string, string> {
  const { command, user, git, versions, machine } = value;
  return present({
    'mlflow.user': user,
    'mlflow.source.name': command.join(' '),
    'mlflow.source.type': 'LOCAL',
    'mlflow.source.git.commit': git?.commit,
    'mlflow.source.git.branch': git?.branch,
    'mlflow.source.git.repoURL': git?.remote,
    'runner.git.dirty': git && String(git.dirty),
    'runner.version': text(versions['runner']),
    'runner.host': text(machine['host']),
  });
}

/** Distinguishes a run from all others of the same name, on any machine; stable while its journal exists. */
export function identityText(runName: string, first: { readonly time: number; readonly value: unknown }): string {
  const { machine, cwd } = (first.value ?? {}) as Partial<RunStart>;
  return [runName, first.time, text(machine?.['host']), cwd].join('\n');
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function present(tags: Record<string, string | null | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).filter((tag): tag is [string, string] => !!tag[1]));
}
