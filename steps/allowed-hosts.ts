/** `webhooks: {allow}` of the settings (W2): hosts that may be reached without TLS, and in inner networks. */

/** @param allow hosts as `host` or `host:port`; an address of IPv6 in brackets */
export function allowsHost(allow: readonly string[], { hostname, port, protocol }: URL): boolean {
  const name = hostname.toLowerCase();
  const withPort = `${name}:${port || (protocol === 'https:' ? '443' : '80')}`;
  return allow.some((one) => one.toLowerCase() === name || one.toLowerCase() === withPort);
}
