import { Html, html, type Content } from './html.js';

/** One page that holds all it shows: no script, nothing fetched, and a policy that keeps it so whatever is in its texts. @param style CSS, not from outside */
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
          ${new Html(style)}
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
