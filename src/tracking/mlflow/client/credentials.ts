import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unescape } from 'node:querystring';
import { ProblemError } from '../../../support/problem.js';
import { variable } from './environment.js';

/**
 * The `Authorization` header's value. What wins is what wins in MLflow's Python client: user and password in the address, those in
 * `MLFLOW_TRACKING_USERNAME` and `MLFLOW_TRACKING_PASSWORD` (or in `~/.mlflow/credentials`), the token in `MLFLOW_TRACKING_TOKEN`.
 *
 * @throws ProblemError for a token that no header can hold
 */
export function authorization(address: URL, env: NodeJS.ProcessEnv): string | undefined {
  if (address.username !== '' || address.password !== '') return basicOf(address);
  const file = credentialsFile(env);
  const user = env['MLFLOW_TRACKING_USERNAME'] || file['mlflow_tracking_username'];
  const password = env['MLFLOW_TRACKING_PASSWORD'] || file['mlflow_tracking_password'];
  if (user && password) return basic(user, password);
  const token = variable(env, 'MLFLOW_TRACKING_TOKEN');
  return token === undefined ? undefined : `Bearer ${checked(token)}`;
}

/** User and password of an address as a header's value. */
export function basicOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  // Not decodeURIComponent, which throws when a percent sign stands for itself.
  return basic(unescape(username), unescape(password));
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function checked(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new ProblemError({
    code: 'bad-environment-variable',
    message: 'MLFLOW_TRACKING_TOKEN holds spaces, line ends or other signs that no token has.',
    cure: 'Copy the token again, all of it and nothing else.',
  });
}

/** What `mlflow login` and people keep in the section `[mlflow]` of an INI file. */
function credentialsFile(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const home = env['HOME'] ?? env['USERPROFILE'];
  if (!home) return {};
  let section = '';
  const entries: [string, string][] = [];
  for (const line of linesOf(join(home, '.mlflow', 'credentials'))) {
    const header = /^\s*\[(.+)\]\s*$/.exec(line);
    const entry = /^\s*([\w.]+)\s*[=:]\s*(.*?)\s*$/.exec(line);
    if (header !== null) section = header[1]!;
    else if (section === 'mlflow' && entry !== null) entries.push([entry[1]!.toLowerCase(), entry[2]!]);
  }
  return Object.fromEntries(entries);
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/);
  } catch {
    return [];
  }
}
