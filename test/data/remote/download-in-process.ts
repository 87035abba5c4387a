import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Problem } from '../../../src/support/problem.js';
import { temporaryFolder } from '../folder.js';

/** The result that a process printed for its download. */
export interface DownloadOutcome {
  readonly sha256?: string;
  readonly problem?: Problem;
  readonly notes: readonly string[];
}

const CERTIFICATE = fileURLToPath(new URL('../../../../test/fixtures/tls/cert.pem', import.meta.url));
const modules = new URL('../../../src/', import.meta.url).href;

/**
 * Downloads in a child process, whose trusted certificates can be set and whose crashes fail the test. The process must end by itself.
 *
 * @param trusting whether the process trusts the fixtures' certificate
 */
export async function downloadInProcess(
  t: TestContext,
  url: string,
  { trusting = true, env = {} }: { readonly trusting?: boolean; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<DownloadOutcome> {
  const to = join(await temporaryFolder(t), 'file');
  const script = `
    const { download } = await import(${JSON.stringify(`${modules}data/remote/download.js`)});
    const notes = [];
    const work = { signal: new AbortController().signal, progress() {}, note: (_, text) => notes.push(text) };
    const retries = { connect: 1000, stall: 1000, attempts: 2, pause: 5, maxPause: 1000 };
    const outcome = await download({ url: ${JSON.stringify(url)}, to: ${JSON.stringify(to)} }, work, retries).catch((error) => {
      if (error.problems === undefined) throw error;
      return { problem: error.problems[0] };
    });
    console.log(JSON.stringify({ ...outcome, notes }));`;
  const certificates = trusting ? { NODE_EXTRA_CA_CERTS: CERTIFICATE } : {};
  // Ignores the proxies of the user who runs the tests.
  const environment = { http_proxy: '', https_proxy: '', no_proxy: '', ...certificates, ...env };
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      ['--input-type=module', '-e', script],
      { env: { ...process.env, ...environment }, timeout: 60_000 },
      (error, out, err) => {
        if (error !== null) reject(new Error(`${error.message}\n${err}`));
        else resolve(JSON.parse(out) as DownloadOutcome);
      },
    );
    t.after(() => child.kill('SIGKILL'));
  });
}
