const SECRET_KEYS = 'pass(?:word)?|secret|token|api_?key|write_?key|authorization|cookie';
/** A JSON string under a key that names a secret, at any depth. */
const SECRET_VALUE = new RegExp(`("[^"]*(?:${SECRET_KEYS})[^"]*":)"(?:[^"\\\\]|\\\\.)*"`, 'gi');
const URL_CREDENTIALS = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@"'<>]*@/gi;
const BEARER = /\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}/gi;
const EMAIL = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/giu;

/**
 * Takes out of a line what nobody may read in a log: values of keys that name secrets, the given values themselves,
 * credentials in URLs, and mail addresses.
 */
export function redact(line: string, secrets: string[] = []): string {
  let text = line;
  for (const secret of secrets) if (secret !== '') text = text.replaceAll(secret, '[secret]');
  return text
    .replace(SECRET_VALUE, '$1"[secret]"')
    .replace(URL_CREDENTIALS, '$1[credentials]@')
    .replace(BEARER, '$1 [secret]')
    .replace(EMAIL, '[address]');
}
