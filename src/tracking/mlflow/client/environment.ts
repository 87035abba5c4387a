import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { basic, basicOf } from '../../../support/http/route.js';
import { hidePasswords } from '../../../support/passwords.js';
import { ProblemError } from '../../../support/problem.js';

/** MLflow's environment variables for the destination of a run; empty ones count as missing. */
export interface TrackingEnvironment {
  readonly trackingUri: string | undefined;
  readonly experimentName: string | undefined;
  readonly experimentId: string | undefined;
  /** An existing run to continue. */
  readonly runId: string | undefined;
}

/** How the server's certificate is checked, and the client's own certificate; in the form of `got`. */
export interface Tls {
  readonly rejectUnauthorized: boolean;
  readonly certificateAuthority?: string;
  readonly certificate?: string;
  readonly key?: string;
}

/** Reads `MLFLOW_TRACKING_URI`, `MLFLOW_EXPERIMENT_NAME`, `MLFLOW_EXPERIMENT_ID` and `MLFLOW_RUN_ID`. */
export function trackingEnvironment(env: NodeJS.ProcessEnv = process.env): TrackingEnvironment {
  return {
    trackingUri: variable(env, 'MLFLOW_TRACKING_URI'),
    experimentName: variable(env, 'MLFLOW_EXPERIMENT_NAME'),
    experimentId: variable(env, 'MLFLOW_EXPERIMENT_ID'),
    runId: variable(env, 'MLFLOW_RUN_ID'),
  };
}

/** Reads the address of an MLflow server. @throws ProblemError `no-tracking-uri`, `bad-tracking-uri` */
export function parseTrackingUri(text: string | undefined): URL {
  if (text === undefined || text.trim() === '') {
    throw new ProblemError({
      code: 'no-tracking-uri',
      message: 'No MLflow server is named.',
      cure: 'Start one with `mlflow server` and set MLFLOW_TRACKING_URI=http://127.0.0.1:5000.',
    });
  }
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new ProblemError({
    code: 'bad-tracking-uri',
    message: `MLflow is reached through its server, whose address begins with http:// or https://; found ${JSON.stringify(hidePasswords(text))}.`,
    cure: cureFor(text),
  });
}

/** The address without user, password, query and trailing slash: the base of all requests, and what messages show. */
export function bareAddress(url: URL): string {
  const bare = new URL(url);
  bare.username = bare.password = bare.search = bare.hash = '';
  return bare.href.replace(/\/+$/, '');
}

/**
 * The value of the `Authorization` header, in the order of MLflow's Python client: user and password in the address, those in
 * `MLFLOW_TRACKING_USERNAME` and `MLFLOW_TRACKING_PASSWORD` (or in `~/.mlflow/credentials`), the token in `MLFLOW_TRACKING_TOKEN`.
 *
 * @throws ProblemError for a token that a header cannot contain
 */
export function authorization(address: URL, env: NodeJS.ProcessEnv): string | undefined {
  if (address.username !== '' || address.password !== '') return basic(address);
  const file = credentialsFile(env);
  const user = env['MLFLOW_TRACKING_USERNAME'] || file['mlflow_tracking_username'];
  const password = env['MLFLOW_TRACKING_PASSWORD'] || file['mlflow_tracking_password'];
  if (user && password) return basicOf(user, password);
  const token = variable(env, 'MLFLOW_TRACKING_TOKEN');
  return token === undefined ? undefined : `Bearer ${checkedToken(token)}`;
}

/**
 * Reads `MLFLOW_TRACKING_INSECURE_TLS`, `MLFLOW_TRACKING_SERVER_CERT_PATH` and `MLFLOW_TRACKING_CLIENT_CERT_PATH` (certificate and key in
 * one PEM file).
 *
 * @throws ProblemError for files that cannot be read, and when the first two are both set
 */
export function tlsOf(env: NodeJS.ProcessEnv): Tls {
  const insecure = booleanIn(env, 'MLFLOW_TRACKING_INSECURE_TLS');
  const authority = pem(env, 'MLFLOW_TRACKING_SERVER_CERT_PATH');
  const clientCertificate = pem(env, 'MLFLOW_TRACKING_CLIENT_CERT_PATH');
  if (insecure && authority !== undefined) throw new ProblemError(contradiction);
  return {
    rejectUnauthorized: !insecure,
    ...(authority === undefined ? {} : { certificateAuthority: authority }),
    ...(clientCertificate === undefined ? {} : { certificate: clientCertificate, key: clientCertificate }),
  };
}

/** A variable's value; undefined when it is missing or empty. */
export function variable(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

/** @throws ProblemError for anything but a number of at least 0 */
export function numberIn(env: NodeJS.ProcessEnv, name: string): number | undefined {
  const text = variable(env, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  throw badVariable(name, 'a number that is not negative', text);
}

/** Parses booleans as MLflow's Python client does. @throws ProblemError for any other text */
export function booleanIn(env: NodeJS.ProcessEnv, name: string): boolean {
  const text = variable(env, name);
  if (text === undefined || /^(false|0)$/i.test(text)) return false;
  if (/^(true|1)$/i.test(text)) return true;
  throw badVariable(name, 'true or false', text);
}

function badVariable(name: string, expected: string, found: string): ProblemError {
  return new ProblemError({
    code: 'bad-environment-variable',
    message: `${name} must be ${expected}; it is ${JSON.stringify(found)}.`,
    cure: `Correct it in the environment, or unset it.`,
  });
}

function cureFor(text: string): string {
  if (/^(databricks|uc)\b/i.test(text)) {
    return "Databricks has its own logins, which are not supported: use an MLflow server's address.";
  }
  if (/^[\w.-]+:\d+(\/|$)/.test(text)) return `Write http://${text} (or https://).`;
  const store = hidePasswords(text);
  return `Start a server with \`mlflow server --backend-store-uri ${store}\` and set MLFLOW_TRACKING_URI=http://127.0.0.1:5000.`;
}

function checkedToken(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new ProblemError({
    code: 'bad-environment-variable',
    message: 'MLFLOW_TRACKING_TOKEN contains spaces, line ends or other characters that no token has.',
    cure: 'Copy the token again, all of it and nothing else.',
  });
}

/** The section `[mlflow]` of the INI file that `mlflow login` writes. */
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

const contradiction = {
  code: 'bad-environment-variable',
  message: 'MLFLOW_TRACKING_INSECURE_TLS and MLFLOW_TRACKING_SERVER_CERT_PATH are both set, and contradict each other.',
  cure: 'Unset MLFLOW_TRACKING_INSECURE_TLS: the certificate is all that is needed.',
} as const;

function pem(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const path = variable(env, name);
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ProblemError({
      code: 'bad-environment-variable',
      message: `${name} must name a PEM file; ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`,
      cure: 'Correct the path, or unset the variable.',
    });
  }
}
