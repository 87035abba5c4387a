import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hidePasswords } from '../../../support/passwords.js';
import { ProblemError } from '../../../support/problem.js';
import { folderElsewhere, foreignStore } from './problems.js';

/** Where a run's files go: to a server, or into a folder of this machine. */
export type ArtifactPlace = { readonly url: string } | { readonly folder: string };

const PROXY = '/api/2.0/mlflow-artifacts/artifacts';

/**
 * Reads a run's artifact address.
 *
 * @param server the tracking server's address, whose path may be a prefix
 * @throws ProblemError for stores of clouds, and for folders of another machine
 */
export function artifactPlace(artifactUri: string, server: string): ArtifactPlace {
  const scheme = /^([a-z][a-z\d+.-]+):/i.exec(artifactUri)?.[1]?.toLowerCase();
  if (scheme === 'mlflow-artifacts') return { url: proxied(new URL(artifactUri), new URL(server)) };
  if (scheme === 'http' || scheme === 'https') return { url: artifactUri.replace(/\/+$/, '') };
  if (scheme === 'file') return here(fileURLToPath(artifactUri), server);
  if (scheme === undefined) return here(artifactUri, server);
  throw new ProblemError(foreignStore(server, hidePasswords(artifactUri)));
}

/** `mlflow-artifacts:/1/4c3d/artifacts`, or with a host where another server than the tracking server keeps the files. */
function proxied({ host, pathname }: URL, tracking: URL): string {
  const prefix = tracking.pathname.replace(/\/+$/, '');
  return `${tracking.protocol}//${host || tracking.host}${prefix}${PROXY}${pathname.replace(/\/+$/, '')}`;
}

/** A folder's path from a server elsewhere is one on that machine, unless both share their disks: then what is around it is here. */
function here(folder: string, server: string): ArtifactPlace {
  const { hostname } = new URL(server);
  const near = /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
  if (near || around(folder, 3).some((path) => existsSync(path))) return { folder };
  throw new ProblemError(folderElsewhere(server, folder));
}

/** A folder and those around it, but for the root. */
function around(folder: string, levels: number): string[] {
  const outer = dirname(folder);
  if (outer === folder) return [];
  return levels === 0 ? [folder] : [folder, ...around(outer, levels - 1)];
}
