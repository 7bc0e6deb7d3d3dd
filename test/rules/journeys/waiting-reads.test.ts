/** What open enrolments wait for is asked once a look, however many ask the same, and only of those whom the look concerns. */
import { describe, expect, it } from 'vitest';
import type { Change, EvaluationSession, OpenSubscription } from '../../../evaluation/session.ts';
import { notifySubscriptions, subscriptionOf } from '../../../evaluation/subscriptions.ts';
import type { Json, People, PlaybookVersion, Traits } from '../../../language/model.ts';
import { placeOfEvent, type TimelineEvent } from '../../../language/records/timeline.ts';
import type { World } from '../../../language/records/world.ts';
import { emptyResult, emptyState } from '../../../triggers/engine/state.ts';
import { mayConcern } from '../../../triggers/entry/subscriptions.ts';
import { buildProgram } from '../../../triggers/index/program.ts';
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

function rowOf(version: PlaybookVersion, n: number, path: 'goal' | 'exit' = 'goal'): OpenSubscription {
  const { goal, exitOn } = version.playbook;
  const arms = [path === 'goal' ? goal!.awaited : exitOn];
  const enrolment = { id: `e${n}`, playbook: version.playbook.playbook, key: '', trigger: {}, ghost: false };
  const subscription = subscriptionOf(enrolment, undefined, { kind: path, arms, since: AT - 1, until: null });
  return { subscription, version, path, iteration: '', enrolment: { open: true }, gone: false };
}

interface Noticed {
  met: (Change & { kind: 'met' })[];
  wrongTypes: string[];
}

function notify(rows: readonly OpenSubscription[], event: TimelineEvent, world: World): Noticed {
  const result = emptyResult();
  const met: Noticed['met'] = [];
  const state = emptyState(ADA);
  const session: EvaluationSession = {
    program: buildProgram([], workspace.settings),
    world,
    stateOf: () => state,
    subscriptions: () => rows,
    audienceWaits: () => [],
    isNew: () => true,
    entryFacts: () => {
      throw new Error('nothing fires');
    },
    emit: (change) => void (change.kind === 'met' && met.push(change)),
  };
  notifySubscriptions(session, { subject: ADA, place: placeOfEvent(event), event, result });
  return { met, wrongTypes: [...result.wrongTypes.keys()] };
}

const steps = 'steps: [{ record: x }]';
const { versions, workspace } = compiled({
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
    expect(notify(rows, eventOf('order.completed'), world).met).toHaveLength(100);
    expect(world.asked).toBe(1);
  });

  it('is not looked at for an event that none of them names', () => {
    const rows = Array.from({ length: 200 }, (_, n) => rowOf(n % 2 ? bought! : returned!, n));
    const world = worldOf({ stage: 'new' });
    expect(rows.filter((row) => mayConcern(row.subscription, eventOf('page')))).toEqual([]);
    expect(notify(rows, eventOf('page'), world).met).toEqual([]);
    expect(world.asked).toBe(0);
  });

  it('and whoever waits for what records say is asked at every event', () => {
    const row = rowOf(turned!, 1, 'exit');
    expect(mayConcern(row.subscription, eventOf('page'))).toBe(true);
    expect(mayConcern(row.subscription, undefined)).toBe(true);
    const { met } = notify([row], eventOf('page'), worldOf({ stage: 'won' }));
    expect(met).toMatchObject([{ input: { kind: 'exit' } }]);
  });

  it('each counts a value of the wrong type that all of them read (T0)', async () => {
    const { versions } = compiled({
      a: `trigger: { event: seen }\ngoal: { event: order.completed, where: event.total > 5 }\n${steps}`,
      b: `trigger: { event: seen }\ngoal: { event: order.completed, where: event.total > 5 }\n${steps}`,
    });
    const rows = [rowOf(versions[0]!, 1), rowOf(versions[0]!, 2), rowOf(versions[1]!, 3)];
    const { wrongTypes } = notify(rows, eventOf('order.completed', { total: 'ten' }), worldOf({}));
    expect(wrongTypes).toEqual(['playbook:a', 'playbook:b']);
  });
});
