/** `whsec_` and 24 to 64 bytes in base64, as Standard Webhooks has it. */
const SECRET = /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/;

/** The bytes of a secret; undefined where it is none. */
export function webhookSecretOf(text: string): Buffer | undefined {
  const encoded = SECRET.exec(text.trim())?.[1];
  const bytes = encoded === undefined ? undefined : Buffer.from(encoded, 'base64');
  return bytes && bytes.length >= 24 && bytes.length <= 64 ? bytes : undefined;
}
