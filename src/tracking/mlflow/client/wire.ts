import { isJsonObject, type Json, type JsonObject } from '../../../support/json.js';
import { ProblemError } from '../../../support/problem.js';
import { noMlflowHere } from './errors.js';
import type { Artifact, Experiment, Metric, ModelVersion, Run, RunStatus } from './types.js';

/** Converts MLflow's JSON to this client's types. Fields that an old server does not know are empty. */

export function readExperiment(json: Json | undefined): Experiment {
  const experiment = object(json);
  return {
    experimentId: text(experiment, 'experiment_id'),
    name: text(experiment, 'name'),
    artifactLocation: text(experiment, 'artifact_location'),
    lifecycleStage: stage(experiment),
    tags: pairs(experiment['tags']),
  };
}

export function readRun(json: Json | undefined): Run {
  const info = object(object(json)['info']);
  const data = object(object(json)['data']);
  const tags = pairs(data['tags']);
  const end = number(info['end_time']);
  return {
    runId: text(info, 'run_id') || text(info, 'run_uuid'),
    experimentId: text(info, 'experiment_id'),
    runName: text(info, 'run_name') || (tags['mlflow.runName'] ?? ''),
    status: text(info, 'status') as RunStatus,
    startTime: number(info['start_time']),
    endTime: Number.isNaN(end) || end === 0 ? undefined : end,
    artifactUri: text(info, 'artifact_uri'),
    lifecycleStage: stage(info),
    tags,
    params: pairs(data['params']),
    metrics: Object.fromEntries(list(data['metrics']).map((metric) => [text(metric, 'key'), number(metric['value'])])),
  };
}

export function readMetric(metric: JsonObject): Metric {
  return {
    key: text(metric, 'key'),
    value: number(metric['value']),
    timestamp: number(metric['timestamp']),
    // Protobuf's JSON may omit zeros.
    step: number(metric['step'] ?? 0),
  };
}

export function readArtifact(file: JsonObject): Artifact {
  const size = number(file['file_size']);
  return { path: text(file, 'path'), isDir: file['is_dir'] === true, fileSize: Number.isNaN(size) ? undefined : size };
}

export function readModelVersion(json: Json | undefined): ModelVersion {
  const version = object(json);
  return {
    name: text(version, 'name'),
    version: text(version, 'version'),
    source: text(version, 'source'),
    runId: text(version, 'run_id') || undefined,
    status: text(version, 'status') || 'READY',
    tags: pairs(version['tags']),
  };
}

/** A number for JSON. MLflow uses strings for those that are not finite. */
export function wireNumber(value: number): number | 'NaN' | 'Infinity' | '-Infinity' {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

/** `{a: '1'}` as `[{key: 'a', value: '1'}]`. */
export function wirePairs(record: Readonly<Record<string, string>> = {}): { key: string; value: string }[] {
  return Object.entries(record).map(([key, value]) => ({ key, value }));
}

/** The objects of a list; empty if there is no list. */
export function list(json: Json | undefined): JsonObject[] {
  return Array.isArray(json) ? (json as readonly Json[]).filter(isJsonObject) : [];
}

/** A field that a response must have. @throws ProblemError when another program than MLflow responds */
export function required(response: JsonObject, key: string, server: string): JsonObject {
  const value = response[key];
  if (isJsonObject(value)) return value;
  throw new ProblemError(noMlflowHere(server, `its response has no "${key}"`));
}

export function object(json: Json | undefined): JsonObject {
  return isJsonObject(json) ? json : {};
}

export function text(json: JsonObject, key: string): string {
  const value = json[key];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** 64-bit integers may be strings. */
function number(json: Json | undefined): number {
  return typeof json === 'number' || typeof json === 'string' ? Number(json) : NaN;
}

function stage(json: JsonObject): 'active' | 'deleted' {
  return json['lifecycle_stage'] === 'deleted' ? 'deleted' : 'active';
}

function pairs(json: Json | undefined): Record<string, string> {
  return Object.fromEntries(list(json).map((pair) => [text(pair, 'key'), text(pair, 'value')]));
}
