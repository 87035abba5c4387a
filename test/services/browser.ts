import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';

/** The system's Chromium: test/services/run installs it. */
function chromiumPath(): string {
  const found = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
  return process.env['RUNNER_SERVICES_CHROMIUM'] ?? found ?? assert.fail('Chromium is not installed.');
}

export interface OpenPage {
  readonly page: Page;
  /** What a self-contained page must not do: requests, and messages in the console. */
  readonly offences: string[];
}

export interface PageOptions {
  readonly width?: number;
  readonly dark?: boolean;
}

/** Starts a browser that the caller closes. @param further options of Chromium */
export function startBrowser(further: readonly string[] = []): Promise<Browser> {
  const args = [
    '--no-sandbox', // in a container there is none for root
    ...['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'], // WebGL without a GPU
    ...['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'], // a camera
    ...further,
  ];
  return chromium.launch({ executablePath: chromiumPath(), args });
}

/** Opens a file, and waits until its script has run. */
export async function openFile(
  browser: Browser,
  file: string,
  { width = 1400, dark }: PageOptions = {},
): Promise<OpenPage> {
  const page = await browser.newPage({
    viewport: { width, height: 900 },
    colorScheme: dark === true ? 'dark' : 'light',
  });
  const offences: string[] = [];
  const address = pathToFileURL(file).href;
  page.on('console', (message) => offences.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => offences.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (request.url() !== address && !request.url().startsWith('data:')) offences.push(`request: ${request.url()}`);
  });
  await page.goto(address);
  await page.waitForSelector('html[data-ready]');
  return { page, offences };
}
