import { Html, html, type Content } from './html.js';
import { PAGE_STYLE } from './page-style.js';

/**
 * A self-contained page: no scripts, no requests, and a policy that forbids both whatever its texts contain. @param style the page's CSS,
 * from trusted code
 */
export function htmlPage({
  title,
  style,
  header,
  main,
}: {
  readonly title: string;
  readonly style: string;
  /** Below the title. */
  readonly header: Content;
  readonly main: Content;
}): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        />
        <title>${title}</title>
        <style>
          ${new Html(PAGE_STYLE + style)}
        </style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          ${header}
        </header>
        <main>${main}</main>
      </body>
    </html> `.text;
}
