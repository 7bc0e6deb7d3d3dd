/** Runs one part of a backtest on a processor of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import { type PartOptions, type PartResult, runPart } from './part.ts';

/** What the thread says. */
export type Said = { progress: { set: number; events: number } } | { result: PartResult };

const say = (said: Said) => parentPort!.postMessage(said);
say({ result: runPart(workerData as PartOptions, (set, events) => say({ progress: { set, events } })) });
