/** The metrics of Temporal's SDK go to the collector that the environment names. */
import { createServer as createHttp1 } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { connectTemporal } from '../../worker/connection.ts';

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

it('are posted by OTLP over HTTP, requests to Temporal among them', async () => {
  const posted = new Promise<{ url: string | undefined; type: string | undefined; body: string }>((resolve) => {
    const collector = createHttp1(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      response.end();
      collector.close();
      resolve({
        url: request.url,
        type: request.headers['content-type'],
        body: Buffer.concat(chunks).toString('latin1'),
      });
    });
    void listen(collector).then(async (port) => {
      // A Temporal server that answers every request with UNIMPLEMENTED.
      const temporal = createHttp2();
      temporal.on('stream', (stream) => {
        stream.respond(
          { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12' },
          { endStream: true },
        );
      });
      const address = `127.0.0.1:${await listen(temporal)}`;
      const options = { address, namespace: 'default', otlpEndpoint: `http://127.0.0.1:${port}` };
      await connectTemporal(options, pino({ level: 'silent' })).catch(() => undefined);
      temporal.close();
    });
  });
  const { url, type, body } = await posted;
  expect({ url, type }).toEqual({ url: '/v1/metrics', type: 'application/x-protobuf' });
  expect(body).toContain('temporal_request');
});
