import { stringify } from 'yaml';
import type { Config } from '../../registry/config.js';
import type { RunStart } from '../../registry/kinds/record.js';
import { formatBytes } from '../../support/bytes.js';
import { isJsonObject, type Json, type JsonObject } from '../../support/json.js';

/** The resolved config as YAML, in Markdown. */
export function configText(config: Config): string {
  const yaml = stringify(config, { aliasDuplicateObjects: false, lineWidth: 0 });
  return `\`\`\`yaml\n${yaml.replaceAll('```', '` ` `')}\`\`\`\n`;
}

/** Machine, versions, code and user of a run, as a Markdown table. */
export function environmentText({ command, cwd, user, git, versions, machine }: RunStart): string {
  const rows: [string, string][] = [
    ['command', code(command.join(' '))],
    ['folder', code(cwd)],
    ...(user === null ? [] : [['user', user] as [string, string]]),
    ...gitRows(git),
    ...rowsOf('', versions),
    ...rowsOf('', machine),
  ];
  return ['| | |', '| --- | --- |', ...rows.map(([name, value]) => `| **${cell(name)}** | ${cell(value)} |`), ''].join(
    '\n',
  );
}

function gitRows(git: RunStart['git']): [string, string][] {
  if (git === null) return [];
  const changes = git.dirty ? ', with changes that are not committed' : '';
  const branch = git.branch === null ? '' : ` (${git.branch})`;
  const commit: [string, string] = ['commit', `${code(git.commit)}${branch}${changes}`];
  return git.remote === null ? [commit] : [commit, ['repository', code(git.remote)]];
}

function rowsOf(prefix: string, values: JsonObject): [string, string][] {
  return Object.entries(values).flatMap(([key, value]): [string, string][] => {
    if (isJsonObject(value)) return rowsOf(`${prefix}${key} `, value);
    return value === null ? [] : [[`${prefix}${key}`, valueText(key, value)]];
  });
}

function valueText(key: string, value: Json): string {
  if (key === 'memory' && typeof value === 'number') return formatBytes(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const code = (text: string): string => `\`${text.replaceAll('`', "'")}\``;
const cell = (text: string): string => text.replaceAll('|', '&#124;').replaceAll(/\s+/g, ' ');
