/**
 * Whether the emulator may send to an address: by default to this machine alone, whatever an endpoint says, so that
 * test data never reaches a real server by mistake. Returns the reason when it may not.
 */
export function refusedTarget(url: string, allowed: readonly string[]): string | undefined {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return `'${url}' is not a URL`;
  }
  if (!/^https?:$/.test(parsed.protocol)) return `${parsed.protocol} is neither http nor https`;
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  // A name that merely resolves to loopback could resolve to something else a moment later; only these are taken.
  const loopback = host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
  if (loopback || allowed.includes(parsed.host)) return undefined;
  return `${parsed.host} is not on this machine; the emulator sends elsewhere only when told so (--allow ${parsed.host})`;
}
