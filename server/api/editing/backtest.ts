/** A backtest of what is written, streamed: it ends with the connection of whoever asked. */
import { PassThrough } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../../problems.ts';
import { type BacktestTold, backtestDraft } from '../contract/backtest.ts';
import { routeOf } from '../handled.ts';
import { type EditingOptions, studioOf } from './drafts.ts';
import { refusals } from './refusals.ts';

export function backtestRoute(app: FastifyInstance, options: EditingOptions): void {
  const { role, maxBytes, params, body, answer } = backtestDraft;
  app.post(routeOf(backtestDraft), { config: { role }, bodyLimit: maxBytes }, async (request, reply) => {
    const { playbook } = params.parse(request.params);
    const asked = body.safeParse(request.body ?? {});
    if (!asked.success) {
      const { message, path } = asked.error.issues[0]!;
      throw new Problem('invalid_body', `${message}.`, { pointer: path.map((part) => `/${String(part)}`).join('') });
    }
    const studio = studioOf(options);
    const lines = new PassThrough();
    const stop = new AbortController();
    const tell = (told: BacktestTold) =>
      void (lines.writable && lines.write(`${JSON.stringify(answer.parse(told))}\n`));
    // The reader has gone, or has read to the end.
    reply.raw.once('close', () => stop.abort());
    refusals(studio.backtest({ playbook, ...asked.data }, { signal: stop.signal, onTold: tell }))
      .then(tell, (error: unknown) => {
        // What was refused is for people to read; of what failed nothing is told, and the log has it.
        const isRefused = error instanceof Problem;
        if (!isRefused) request.log.error(error);
        const detail = isRefused ? error.message : 'Cuebook failed.';
        tell({ problem: { code: isRefused ? error.code : 'internal', detail } });
      })
      .finally(() => lines.end());
    return reply.type('application/x-ndjson').send(lines);
  });
}
