/** Keeps the page for a time without a network, where the browser allows it. @param files of the folder */
export async function keepForOffline(base: string, onReady: () => void): Promise<void> {
  // Absent on pages that are neither from this machine nor over HTTPS, whatever the types say.
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (workers === undefined) return;
  try {
    await workers.register(new URL('sw.js', base), { updateViaCache: 'none' });
    await workers.ready;
    onReady();
  } catch {
    // The page works as it is, while there is a network.
  }
}
