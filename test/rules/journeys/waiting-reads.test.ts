/** What open enrolments wait for is asked once a look, however many ask the same, and only of those whom the look concerns. */
import { describe, expect, it } from 'vitest';
import {
  notifySubscriptions,
  type SubscriptionState,
  subscriptionState,
} from '../../../evaluator/notify/notify-subscriptions.ts';
import { UnitOfWork } from '../../../evaluator/round/unit-of-work.ts';
import type { Json, People, PlaybookVersion, Traits } from '../../../language/model.ts';
import { placeOfEvent, type TimelineEvent } from '../../../language/records/timeline.ts';
import type { World } from '../../../language/records/world.ts';
import { emptyResult, emptyState } from '../../../triggers/engine/state.ts';
import { mayConcern } from '../../../triggers/entry/subscriptions.ts';
import { compiled } from '../play.ts';

const ADA = { type: 'contact', id: 'ada' } as const;
const NOBODY: People = { persons: [], teams: [], channels: {} };
const AT = Date.parse('2026-03-02T10:00:00Z');

function worldOf(traits: Traits): World & { asked: number } {
  return {
    asked: 0,
    traits(type, id) {
      this.asked += 1;
      return type === 'contact' && id === 'ada' ? traits : undefined;
    },
    computed: () => undefined,
    isComputed: () => false,
    people: NOBODY,
  };
}

function eventOf(name: string, properties: { [name: string]: Json } = {}): TimelineEvent {
  return {
    ...{ arrival: 1, messageId: 'm1', name, at: AT, receivedAt: AT, properties, patches: [] },
    subjects: [ADA],
  };
}

function rowOf(version: PlaybookVersion, n: number, path: 'goal' | 'exit' = 'goal'): SubscriptionState {
  const about = { enrolmentId: `e${n}`, path, iteration: '', subject: ADA, key: '', arm: 0, detail: {} };
  const own = { versionHash: version.hash, playbook: version.playbook.playbook, trigger: {}, ghost: false, open: true };
  return subscriptionState({ ...about, ...own, since: AT - 1, startedAt: AT - 1, until: null }, version);
}

function look(rows: readonly SubscriptionState[], event: TimelineEvent, world: World): UnitOfWork {
  const verdicts = new UnitOfWork();
  const state = emptyState(ADA);
  const place = placeOfEvent(event);
  notifySubscriptions(rows, { world, state, place, event, looked: emptyResult(), zone: 'UTC', verdicts });
  return verdicts;
}

const steps = 'steps: [{ record: x }]';
const { versions } = compiled({
  bought: `trigger: { event: seen }\ngoal: { event: order.completed, where: contact.stage == "new" }\n${steps}`,
  others: `trigger: { event: seen }\ngoal: { event: order.completed, where: contact.stage == "new" }\n${steps}`,
  returned: `trigger: { event: seen }\ngoal: { event: order.returned, where: contact.stage == "new" }\n${steps}`,
  turned: `trigger: { event: seen }\nexit_on: [{ becomes: contact.stage == "won" }]\n${steps}`,
});
const [bought, others, returned, turned] = versions;

describe('a subject with many open enrolments', () => {
  it('is looked at once, however many wait for the same', () => {
    const rows = Array.from({ length: 200 }, (_, n) => rowOf([bought!, others!, returned!, returned!][n % 4]!, n));
    const world = worldOf({ stage: 'new' });
    const { goals } = look(rows, eventOf('order.completed'), world);
    expect(goals).toHaveLength(100);
    expect(world.asked).toBe(1);
  });

  it('is not looked at for an event that none of them names', () => {
    const rows = Array.from({ length: 200 }, (_, n) => rowOf(n % 2 ? bought! : returned!, n));
    const world = worldOf({ stage: 'new' });
    expect(rows.filter((row) => mayConcern(row.subscription, eventOf('page')))).toEqual([]);
    expect(look(rows, eventOf('page'), world).goals).toEqual([]);
    expect(world.asked).toBe(0);
  });

  it('and whoever waits for what records say is asked at every event', () => {
    const row = rowOf(turned!, 1, 'exit');
    expect(mayConcern(row.subscription, eventOf('page'))).toBe(true);
    expect(mayConcern(row.subscription, undefined)).toBe(true);
    expect(look([row], eventOf('page'), worldOf({ stage: 'won' })).inputs).toMatchObject([{ kind: 'exit' }]);
  });

  it('each counts a value of the wrong type that all of them read (T0)', async () => {
    const { versions } = compiled({
      a: `trigger: { event: seen }\ngoal: { event: order.completed, where: event.total > 5 }\n${steps}`,
      b: `trigger: { event: seen }\ngoal: { event: order.completed, where: event.total > 5 }\n${steps}`,
    });
    const rows = [rowOf(versions[0]!, 1), rowOf(versions[0]!, 2), rowOf(versions[1]!, 3)];
    const verdicts = look(rows, eventOf('order.completed', { total: 'ten' }), worldOf({}));
    expect(verdicts.skipped.rows()).toEqual([
      { kind: 'wrong_type', of: 'playbook', name: 'a', count: 1 },
      { kind: 'wrong_type', of: 'playbook', name: 'b', count: 1 },
    ]);
  });
});
