// What a page says, for tests to look at.

export const words = (markup: string) =>
  markup
    .replace(/<style>.*?<\/style>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/ ([.,;:])/g, '$1');
export const section = (page: string, id: string) =>
  new RegExp(`<section aria-labelledby="${id}">.*?</section>`, 's').exec(page)?.[0] ?? '';
export const charts = (page: string) =>
  [...section(page, 'axes').matchAll(/<figure>.*?<strong>(.*?)<\/strong>(.*?)<\/figcaption>(.*?)<\/figure>/gs)].map(
    ([, path, note, svg]) => ({ path, note: note!, svg: svg! }),
  );
export const circles = (svg: string) =>
  [...svg.matchAll(/<circle\s+class="([^"]*)"\s+cx="([^"]*)"\s+cy="([^"]*)"[^>]*>\s*<title>(.*?)<\/title>/gs)].map(
    ([, kind, x, y, title]) => ({ kind: kind!, x: Number(x), y: Number(y), title: title! }),
  );
export const ticks = (svg: string) =>
  [...svg.matchAll(/text-anchor="middle"\s*>(.*?)<\/text/gs)].map(([, text]) => text!);
export const lines = (page: string) =>
  [
    ...section(page, 'parallel').matchAll(/<a class="(s\d)" href="#trial-(\d+)".*?<title>(.*?)<\/title>(.*?)<\/a/gs),
  ].map(([, shade, id, title, rest]) => ({ shade, id, title: title!, path: /d="(M[^"]*)"/.exec(rest!)?.[1] ?? '' }));
