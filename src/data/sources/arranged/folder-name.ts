/** The one of the names that is the wanted one, whether its accents are composed (NFC) or not (NFD, as macOS writes names). */
export function findName(names: readonly string[], wanted: string): string | undefined {
  if (names.includes(wanted)) return wanted;
  return names.find((name) => composed(name) === composed(wanted));
}

export function composed(name: string): string {
  return name.normalize('NFC');
}
