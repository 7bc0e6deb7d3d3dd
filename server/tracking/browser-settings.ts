/** What Segment's SDK for browsers asks for when it is loaded with this server as its `cdnURL`, and tells of itself. */
import type { FastifyInstance } from 'fastify';
import type { WriteKeys } from '../../store/events/write-keys.ts';
import { preflights } from '../browsers.ts';
import { seenAddress } from '../public-address.ts';
import { grantOfKey, serverKeyInPage } from './write-key.ts';

const SETTINGS_PATH = '/v1/projects/:key/settings';
const METRICS_PATH = '/v1/m';

/** For the scope of routes that pages may call. */
export function browserSettings(app: FastifyInstance, keys: WriteKeys, publicUrl: string | undefined): void {
  preflights(app, SETTINGS_PATH);
  app.get<{ Params: { key: string } }>(SETTINGS_PATH, (request) => {
    const { key } = request.params;
    // Whoever asks for this is a page, with or without an Origin.
    if (grantOfKey(key, keys, request).scope === 'server') throw serverKeyInPage();
    const { host, protocol } = seenAddress(request, publicUrl);
    return {
      integrations: { 'Segment.io': { apiKey: key, apiHost: `${host}/v1`, protocol } },
      plan: {},
      // The SDK is to send no measurements of itself.
      metrics: { sampleRate: 0 },
      edgeFunction: {},
    };
  });
  preflights(app, METRICS_PATH);
  // Measurements of the SDK itself, which some send all the same: nobody here reads them. Answered before they are read.
  app.post(METRICS_PATH, {
    onRequest: async (_request, reply) => reply.code(204).send(),
    handler: async (_request, reply) => reply.code(204).send(),
  });
}
