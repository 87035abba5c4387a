import { readFileSync } from 'node:fs';
import { ProblemError } from '../../../support/problem.js';
import { booleanIn, variable } from './environment.js';

/** How the server's certificate is checked, and which of ours it is shown; as `got` wants it. */
export interface Tls {
  readonly rejectUnauthorized: boolean;
  readonly certificateAuthority?: string;
  readonly certificate?: string;
  readonly key?: string;
}

/**
 * Reads `MLFLOW_TRACKING_INSECURE_TLS`, `MLFLOW_TRACKING_SERVER_CERT_PATH` and `MLFLOW_TRACKING_CLIENT_CERT_PATH` (certificate and key in one
 * PEM file).
 *
 * @throws ProblemError for files that cannot be read, and where the first two contradict each other
 */
export function tlsOf(env: NodeJS.ProcessEnv): Tls {
  const insecure = booleanIn(env, 'MLFLOW_TRACKING_INSECURE_TLS');
  const authority = pem(env, 'MLFLOW_TRACKING_SERVER_CERT_PATH');
  const ours = pem(env, 'MLFLOW_TRACKING_CLIENT_CERT_PATH');
  if (insecure && authority !== undefined) throw new ProblemError(contradiction);
  return {
    rejectUnauthorized: !insecure,
    ...(authority === undefined ? {} : { certificateAuthority: authority }),
    ...(ours === undefined ? {} : { certificate: ours, key: ours }),
  };
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
