/** Signatures by Standard Webhooks, so that whoever gets a request knows who sent it, and when. */
import { createHmac } from 'node:crypto';

/**
 * @param message its name, which is the same at every try; the real time of this one; its body as it is sent
 * @param secrets each gives a signature: while they change, a receiver knows one of them
 */
export function signatureHeaders(
  { id, atMs, body }: { id: string; atMs: number; body: string },
  secrets: readonly Buffer[],
): { [name: string]: string } {
  const timestamp = String(Math.floor(atMs / 1000));
  const signatures = secrets.map((secret) => {
    return `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
