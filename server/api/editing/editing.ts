/** Writing playbooks in the browser (V7). */
import type { FastifyInstance } from 'fastify';
import { backtestDraft } from '../contract/backtest.ts';
import type { Endpoint } from '../contract/endpoint.ts';
import type { Handled } from '../handled.ts';
import { backtestRoute } from './backtest.ts';
import { draftRoutes, type EditingOptions } from './drafts.ts';
import { tryingRoutes } from './trying.ts';

/** @param options `onDeployed`: what was read of playbooks is no longer so */
export function editingRoutes(options: EditingOptions & { onDeployed: () => void }): Handled[] {
  return [...draftRoutes(options), ...tryingRoutes(options)];
}

/** What is answered line by line. @returns what it is, for the API's description */
export function editingStreams(app: FastifyInstance, options: EditingOptions): Endpoint[] {
  backtestRoute(app, options);
  return [backtestDraft];
}

export type { EditingOptions };
