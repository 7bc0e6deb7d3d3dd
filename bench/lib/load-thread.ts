/** Sends load from a thread of its own: making requests must not hold up the server that answers them. */
import { parentPort, workerData } from 'node:worker_threads';
import { requestsOf, type Sent, sendAll, type Target } from './requests.ts';
import { calls } from './traffic.ts';

export interface Load {
  target: Target;
  /** The traffic's label: another gives other calls. */
  label: string;
  /** Events in one request. */
  batch: number;
  events: number;
  concurrency: number;
}

const { target, label, batch, events, concurrency } = workerData as Load;
const sent: Sent = await sendAll(target, requestsOf(calls(label, events), batch), concurrency);
parentPort!.postMessage(sent);
