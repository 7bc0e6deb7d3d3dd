/** How often the evaluator, and the door of events, wait for an answer of PostgreSQL: what each event costs on a far database. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openRounds, type Rounds } from '../../evaluator/rounds.ts';
import type { NewEvent } from '../../events/new-event.ts';
import { appendEvents } from '../../store/events/events.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { openWatermark } from '../../store/postgres/watermark.ts';
import { type Evaluation, silent, startEvaluation } from '../support/evaluation.ts';
import { type Wire, wireTo } from './unplugged.ts';

const PLAYBOOK = `playbook: asks
trigger: { event: asked, where: event.twice == true }
again: always
steps: [{ wait: 1d }]
`;

let evaluation: Evaluation;
let wire: Wire;
let database: Database;
let rounds: Rounds;

beforeEach(async () => {
  evaluation = await startEvaluation('2026-03-02T08:00:00Z', [{ path: 'asks.yaml', text: PLAYBOOK }]);
  await evaluation.evaluator.stop();
  wire = await wireTo(evaluation.url);
  database = openDatabase(wire.url);
  rounds = openRounds(database, openWatermark(database), silent);
  // What is deployed is read, and what has to be known of the contact is there.
  await takenIn(false);
  await rounds.together();
});
afterEach(async () => {
  await database.close();
  await wire.close();
  await evaluation.close();
});

async function counted<T>(work: () => Promise<T>): Promise<{ result: T; trips: number }> {
  const before = wire.roundTrips();
  const result = await work();
  return { result, trips: wire.roundTrips() - before };
}

let sent = 0;

function takenIn(twice: boolean) {
  sent += 1;
  const event: NewEvent = {
    source: 'test',
    messageId: `m${sent}`,
    kind: 'track',
    name: 'asked',
    ids: { contactId: 'ada' },
    stamps: {},
    properties: { twice },
    patches: [],
  };
  return counted(() => appendEvents(database, [event]));
}

it('an event is taken in within two round trips: the time, and what is written with its COMMIT', async () => {
  expect((await takenIn(false)).trips).toBe(2);
});

it('a round that finds nothing takes two: what there is, and the end', async () => {
  expect((await counted(() => rounds.together())).trips).toBe(2);
});

it('an event that fires nothing takes four: the claim, whose it is, the locks with all that is read, all that is written', async () => {
  await takenIn(false);
  const { result, trips } = await counted(() => rounds.together());
  expect(result.events).toBe(1);
  expect(trips).toBe(4);
});

it('one that enrols takes one more: which firings are new', async () => {
  await takenIn(true);
  const { result, trips } = await counted(() => rounds.together());
  expect(result.firings).toBe(1);
  expect(trips).toBe(5);
});
