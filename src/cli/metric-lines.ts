import { formatNumber } from '../support/format-number.js';

/** Metrics as text, one line per group: `AtoB/psnr` and `AtoB/ssim` share a line, in the same columns as `BtoA`. */
export function metricLines(metrics: Readonly<Record<string, number>>): string[] {
  const groups = new Map<string, Map<string, string>>();
  for (const [path, value] of Object.entries(metrics)) {
    const [group, name] = [path.slice(0, Math.max(0, path.lastIndexOf('/'))), path.slice(path.lastIndexOf('/') + 1)];
    groups.set(group, (groups.get(group) ?? new Map<string, string>()).set(name, formatNumber(value)));
  }
  const names = [...new Set([...groups.values()].flatMap((group) => [...group.keys()]))];
  const width = Math.max(0, ...[...groups.keys()].map((group) => group.length));
  return [...groups].map(([group, values]) => {
    const cells = names.map((name) => {
      const widest = Math.max(...[...groups.values()].map((other) => other.get(name)?.length ?? 0));
      const value = values.get(name);
      return (value === undefined ? '' : `${name} ${value}`).padEnd(name.length + 1 + widest);
    });
    return [group.padEnd(width), ...cells].join('  ').trimEnd();
  });
}
