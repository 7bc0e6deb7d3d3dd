/** The way to Temporal: one connection for worker and client, without which no start is eager. */
import { Client } from '@temporalio/client';
import { NativeConnection, type TLSConfig } from '@temporalio/worker';
import type { Logger } from 'pino';
import { PartWatch } from './part-watch.ts';
import { installRuntime } from './runtime.ts';

export interface TemporalOptions {
  /** `host:port` */
  address: string;
  namespace: string;
  apiKey?: string | undefined;
  /** True for TLS with the system's roots; an object for certificates of one's own. */
  tls?: TLSConfig | boolean | undefined;
  /** Where the SDK's metrics are sent; default: nowhere. */
  otlpEndpoint?: string | undefined;
}

export interface TemporalConnection {
  readonly connection: NativeConnection;
  readonly client: Client;
  readonly namespace: string;
  /** Whether the server answers. */
  readonly watch: PartWatch;
  /** Only when no worker uses it any more. */
  close(): Promise<void>;
}

const WORDS = {
  away: 'Temporal does not answer: journeys wait, and go on by themselves when it does',
  back: 'Temporal answers again: journeys go on',
};

/** @throws Error that names the address, when nothing answers there. */
export async function connectTemporal(options: TemporalOptions, log: Logger): Promise<TemporalConnection> {
  installRuntime(log, options.otlpEndpoint);
  const { address, namespace, apiKey, tls } = options;
  const connection = await NativeConnection.connect({
    address,
    ...(apiKey !== undefined && { apiKey }),
    ...(tls !== undefined && { tls }),
  }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    const hint = 'Check TEMPORAL_ADDRESS, TEMPORAL_API_KEY and TEMPORAL_TLS_*, and that the server runs.';
    throw new Error(`No Temporal server could be reached at ${address}: ${reason}. ${hint}`, { cause: error });
  });
  const client = new Client({ connection, namespace });
  const watch = new PartWatch('temporal', WORDS, log);
  return { connection, client, namespace, watch, close: () => connection.close() };
}
