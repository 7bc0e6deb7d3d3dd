/** Under which address whoever asks sees this server: a proxy that speaks TLS may stand before it. */
import type { FastifyRequest } from 'fastify';

export interface SeenAddress {
  /** `http` or `https`. */
  protocol: string;
  /** `cuebook.example`, `127.0.0.1:43210` */
  host: string;
}

/**
 * The proxy says that it speaks TLS, or it has kept the name under which people come, which `publicUrl` says is https. Under
 * any other name, as that of this machine, it is as it came.
 */
export function seenAddress(request: FastifyRequest, publicUrl: string | undefined): SeenAddress {
  const { host, protocol } = request;
  if (protocol !== 'https' && publicUrl !== undefined && host === new URL(publicUrl).host)
    return { host, protocol: new URL(publicUrl).protocol.slice(0, -1) };
  return { host, protocol };
}
