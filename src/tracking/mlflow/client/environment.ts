import { ProblemError } from '../../../support/problem.js';

/** What MLflow's environment variables say of where a run goes; empty ones count as missing. */
export interface TrackingEnvironment {
  readonly trackingUri: string | undefined;
  readonly experimentName: string | undefined;
  readonly experimentId: string | undefined;
  /** A run to go on with. */
  readonly runId: string | undefined;
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

/** A variable's value; nothing where it is missing or empty. */
export function variable(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

/** @throws ProblemError where there is something else than a number that is not negative */
export function numberIn(env: NodeJS.ProcessEnv, name: string): number | undefined {
  const text = variable(env, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  throw badVariable(name, 'a number that is not negative', text);
}

/** True and false as MLflow's Python client reads them. @throws ProblemError for other words */
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
