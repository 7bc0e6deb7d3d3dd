/** How a worker reaches Temporal, from the environment. */
import type { TemporalOptions } from '../../worker/connection.ts';
import { temporalConnectionOptions } from '../boot/external-parts.ts';
import type { Environment } from '../environment.ts';

export async function temporalOptions(environment: Environment, address: string): Promise<TemporalOptions> {
  const { tls } = await temporalConnectionOptions(environment, address);
  return {
    address,
    namespace: environment.TEMPORAL_NAMESPACE,
    apiKey: environment.TEMPORAL_API_KEY,
    tls: tls === null ? undefined : tls,
    otlpEndpoint: environment.OTEL_EXPORTER_OTLP_ENDPOINT,
  };
}
