import type { ConvertedOptions, LeftOption } from './convert-options.js';

/** What a conversion did with each option, as lines for the user. */
export function optionReport({ settings, without, same, unread, needless, unknown }: ConvertedOptions): string[] {
  const wide = Math.max(...settings.map(({ key }) => key.length));
  return [
    ...settings.map(({ key, from }) => `  ${key.padEnd(wide)}  ${from ?? ''}`),
    ...listed('No equal, so that a training differs:', without),
    ...(same.length > 0 ? ['', `As it is here: ${same.join(', ')}`] : []),
    ...(unread.length > 0 ? ['', `Not read by such a training: ${unread.join(', ')}`] : []),
    ...listed('Not needed:', needless),
    ...(unknown.length > 0 ? ['', `Not known: ${unknown.join(', ')}`] : []),
    '',
  ];
}

function listed(title: string, options: readonly LeftOption[]): string[] {
  if (options.length === 0) return [];
  return ['', title, ...options.map(({ option, why }) => `  ${option} (${why})`)];
}
