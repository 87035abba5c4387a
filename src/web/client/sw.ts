/**
 * The service worker: keeps the folder's files, so that the page works without a network. `FILES` is put before it when the folder is
 * written, so that a changed folder is another service worker.
 */
import { POLICY } from '../page.js';
import { CACHE } from './folder-files.js';

/** Of `DemoFacts.files`. */
declare const FILES: Readonly<Record<string, string>>;

/** What TypeScript's types of pages lack. */
interface ServiceWorkerScope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(
    kind: 'install' | 'activate',
    listener: (event: { waitUntil(work: Promise<unknown>): void }) => void,
  ): void;
  addEventListener(
    kind: 'fetch',
    listener: (event: { readonly request: Request; respondWith(response: Promise<Response>): void }) => void,
  ): void;
}
const scope = self as unknown as ServiceWorkerScope;
const base = scope.registration.scope;

/** These have no checksum in their address: the network's come first. */
const UNVERSIONED = ['', 'index.html', 'demo.json'];
/** As the page asks for it; chunks have their checksum in their names. */
const keyOf = (path: string): string =>
  new URL(path in FILES && !path.startsWith('chunk-') ? `${path}?v=${FILES[path]}` : path, base).href;

scope.addEventListener('install', (event) => event.waitUntil(keepAll().then(() => scope.skipWaiting())));
scope.addEventListener('activate', (event) => event.waitUntil(removeOthers().then(() => scope.clients.claim())));
scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const { href } = new URL(request.url);
  if (request.method !== 'GET' || !href.startsWith(base)) return;
  const path = decodeURIComponent(href.slice(base.length).split(/[?#]/)[0]!);
  if (UNVERSIONED.includes(path)) event.respondWith(networkFirst(request, keyOf(path === '' ? 'index.html' : path)));
  else if (isOurs(path, href)) event.respondWith(keptFirst(request, keyOf(path)));
});

/** Another version of a file is the network's. */
const isOurs = (path: string, href: string): boolean =>
  path in FILES && [FILES[path], null].includes(new URL(href).searchParams.get('v'));

async function keepAll(): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const path of [...Object.keys(FILES), ...UNVERSIONED.slice(1)]) {
    const key = keyOf(path);
    if (path in FILES && (await cache.match(key)) !== undefined) continue;
    const response = await fetch(key);
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    await cache.put(key, response);
  }
}

async function removeOthers(): Promise<void> {
  const cache = await caches.open(CACHE);
  const wanted = new Set([...Object.keys(FILES), ...UNVERSIONED.slice(1)].map(keyOf));
  // Demos in other folders of this host share the cache.
  for (const { url } of await cache.keys()) if (url.startsWith(base) && !wanted.has(url)) await cache.delete(url);
}

async function networkFirst(request: Request, key: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(key, response.clone());
    return isolated(response);
  } catch (error) {
    const kept = await cache.match(key);
    if (kept === undefined) throw error;
    return isolated(kept);
  }
}

async function keptFirst(request: Request, key: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(key);
  if (kept !== undefined) return isolated(kept);
  const response = await fetch(request);
  if (response.ok) await cache.put(key, response.clone());
  return isolated(response);
}

/** With the headers that WebAssembly's threads need, which hosts of static files do not send. */
function isolated(response: Response): Response {
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  headers.set('Content-Security-Policy', POLICY);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
