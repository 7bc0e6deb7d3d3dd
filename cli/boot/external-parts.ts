import { readFile } from 'node:fs/promises';
import type { Connection, ConnectionOptions } from '@temporalio/client';
import pg from 'pg';
import type { Environment } from '../environment.ts';
import { Failure, messageOf } from '../failure.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** PostgreSQL's `invalid_catalog_name`. */
const NO_SUCH_DATABASE = '3D000';

/** Asks the PostgreSQL that DATABASE_URL names for its version. @throws Failure, without credentials, when it is silent. */
export async function askDatabase(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return rows[0]!.server_version;
  } catch (cause) {
    const { host, pathname } = new URL(url);
    if ((cause as { code?: string }).code === NO_SUCH_DATABASE) {
      const name = decodeURIComponent(pathname.slice(1));
      throw new Failure(
        'DATABASE_MISSING',
        `The PostgreSQL of DATABASE_URL (${host}) answers, and has no database ${name}.`,
        `Make it (createdb ${name}), or correct DATABASE_URL. Cuebook makes its tables by itself.`,
        { cause },
      );
    }
    throw new Failure(
      'DATABASE_UNREACHABLE',
      `The PostgreSQL of DATABASE_URL (${host}${pathname}) does not answer: ${messageOf(cause)}`,
      'Start it, or correct DATABASE_URL. `cuebook start` without DATABASE_URL brings an embedded PostgreSQL along.',
      { cause },
    );
  } finally {
    await client.end().catch(() => {});
  }
}

/** What a Temporal connection needs of the environment: address, TLS, API key. Reads the files that it names. */
export async function temporalConnectionOptions(environment: Environment, address: string): Promise<ConnectionOptions> {
  const {
    TEMPORAL_TLS: tls,
    TEMPORAL_TLS_CLIENT_CERT_PATH: certificate,
    TEMPORAL_TLS_CLIENT_KEY_PATH: key,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: authority,
    TEMPORAL_TLS_SERVER_NAME: serverName,
    TEMPORAL_API_KEY: apiKey,
  } = environment;
  const asked = tls ?? [certificate, authority, serverName, apiKey].some((value) => value !== undefined);
  return {
    address,
    connectTimeout: CONNECT_TIMEOUT_MS,
    ...(apiKey === undefined ? {} : { apiKey }),
    tls: asked && {
      ...(serverName === undefined ? {} : { serverNameOverride: serverName }),
      ...(authority === undefined ? {} : { serverRootCACertificate: await readFile(authority) }),
      ...(certificate === undefined || key === undefined
        ? {}
        : { clientCertPair: { crt: await readFile(certificate), key: await readFile(key) } }),
    },
  };
}

/** Asks the Temporal server that TEMPORAL_ADDRESS names for its version. @throws Failure when it is silent. */
export async function askTemporal(environment: Environment, address: string): Promise<string> {
  let connection: Connection | undefined;
  try {
    // Half of what a command of the store alone would load.
    const { Connection } = await import('@temporalio/client');
    connection = await Connection.connect(await temporalConnectionOptions(environment, address));
    await connection.workflowService.describeNamespace({ namespace: environment.TEMPORAL_NAMESPACE });
    return (await connection.workflowService.getSystemInfo({})).serverVersion || 'unknown';
  } catch (cause) {
    throw new Failure(
      'TEMPORAL_UNREACHABLE',
      `The Temporal server of TEMPORAL_ADDRESS (${address}), namespace ${environment.TEMPORAL_NAMESPACE}, does not answer: ${messageOf(cause)}`,
      'Start it, or correct the TEMPORAL_… variables. `cuebook start` without TEMPORAL_ADDRESS starts one on this machine.',
      { cause },
    );
  } finally {
    await connection?.close();
  }
}
