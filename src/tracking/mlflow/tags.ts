import type { RunStart, RunStartedRecord } from '../../registry/kinds/record.js';

/** Tags of where, with what and by whom a run was begun, named as MLflow's own clients name them; what they have no name for begins with `runner.`. */
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

/** What tells a run from every other of the same name, wherever it was made: the same for as long as its journal is there. */
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
