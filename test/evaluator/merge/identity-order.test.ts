/** E6 on PostgreSQL: whatever arrives first, and in whatever batches, merges end alike. */
import { describe, expect, it } from 'vitest';
import { registry } from '../../../evaluation/registry.ts';
import { mergesOf } from '../../../events/new-event.ts';
import { loadFolder } from '../../../language/compile/files/load-folder.ts';
import { compileWorkspace } from '../../../language/compile.ts';
import { enrolmentIdOf } from '../../../language/hash.ts';
import { IdentityLinks, identityLinksOf } from '../../../language/records/identity-links.ts';
import type { TimelineEvent } from '../../../language/records/timeline.ts';
import { isoInstant } from '../../../language/time/instants.ts';
import { randomOf } from '../../../simulate/random.ts';
import { run } from '../../../simulate/run/run.ts';
import { type SentEvent, startEvaluation } from '../../support/evaluation.ts';
import { at, cart, count, enrolments, firings, identify, known, standing, states, visitor } from '../visitors.ts';

const surroundings = (await loadFolder('playbooks')).files.filter(
  (file) => file.path.includes('/') || file.path === 'settings.yaml',
);

const play = async (events: readonly SentEvent[], apart: boolean) => {
  const evaluation = await startEvaluation(at('09:00'), [cart(), count()]);
  await evaluation.step(at('11:30'));
  for (const sent of apart ? events.map((event) => [event]) : [events]) {
    await evaluation.send(...sent);
    await evaluation.evaluator.idle();
  }
  await evaluation.step(at('11:40'));
  const { rows: traits } = await evaluation.database.pool.query('SELECT id, traits FROM contacts ORDER BY id');
  const end = { standing: await standing(evaluation), states: await states(evaluation), traits };
  const all = { firings: await firings(evaluation), enrolments: await enrolments(evaluation) };
  await evaluation.close();
  return { end, all };
};

describe('whatever arrives first, the end is the same', () => {
  const stories: { [name: string]: { events: SentEvent[]; firings: string[]; enrolments: string[] } } = {
    'a watch that is open, and two views of three': {
      events: [
        visitor('viewed', '10:00'),
        visitor('cart.updated', '10:01'),
        known('viewed', '10:02'),
        visitor('viewed', '10:03'),
        identify('10:04', { plan: 'pro' }),
        visitor('viewed', '10:05'),
        known('viewed', '10:06'),
      ],
      firings: ['11:01 cart ada enrolled'],
      enrolments: ['11:01 cart ada'],
    },
    'a firing that waits': {
      events: [
        visitor('viewed', '10:00'),
        visitor('viewed', '10:02'),
        visitor('viewed', '10:03'),
        known('cart.updated', '10:04'),
        identify('10:10', { plan: 'pro' }),
        visitor('order.completed', '10:30'),
      ],
      firings: ['10:03 views ada enrolled'],
      enrolments: ['10:10 views ada'],
    },
    'a device that two people share': {
      events: [
        visitor('viewed', '10:00'),
        visitor('viewed', '10:02'),
        identify('10:03', {}, 'ada'),
        visitor('viewed', '10:04'),
        identify('10:05', {}, 'bea'),
        visitor('cart.updated', '10:06'),
        identify('10:07', {}, 'ada'),
        visitor('viewed', '10:08'),
      ],
      firings: ['10:04 views ada enrolled', '11:06 cart bea enrolled'],
      enrolments: ['10:04 views ada', '11:06 cart bea'],
    },
  };

  it.each(Object.entries(stories))('%s', async (_, story) => {
    const straight = await play(story.events, false);
    expect(straight.all).toEqual({ firings: story.firings, enrolments: story.enrolments });
    expect(straight.end.standing).toEqual(story.firings);
    const isVisitor = ({ ids }: SentEvent) => ids?.contactId === undefined;
    const orders = [
      story.events,
      [...story.events].reverse(),
      [...story.events].sort((a, b) => Number(isVisitor(a)) - Number(isVisitor(b))),
      [...story.events].sort((a, b) => Number(isVisitor(b)) - Number(isVisitor(a))),
    ];
    for (const events of orders) expect((await play(events, true)).end).toEqual(straight.end);
  });
});

describe('drawn histories', () => {
  const WHO = ['x', 'y', 'ada', 'bea'] as const;
  const drawnOf = (seed: number): SentEvent[] => {
    const random = randomOf(seed, 'identities');
    const time = () => `10:${String(random.int(10, 59))}`;
    const events = Array.from({ length: 12 }, (_, n): SentEvent => {
      const who = WHO[random.int(0, 3)]!;
      const name = ['viewed', 'viewed', 'cart.updated', 'order.completed'][random.int(0, 3)]!;
      const one = who.length === 1 ? visitor(name, time(), who) : known(name, time(), who);
      return { ...one, id: `m${n}` };
    });
    const claims = [identify(time(), { a: 1 }), identify(time(), { b: 2 }, 'bea', random.chance(0.5) ? 'x' : 'y')];
    return [...events, ...claims, identify(time(), { c: 3 }, 'ada', 'y')].map((one, n) => ({ ...one, id: `m${n}` }));
  };

  /** The same in virtual time. */
  const virtually = (events: readonly SentEvent[]): string[] => {
    const timeline = events.map((event, n): TimelineEvent => {
      const contact = event.ids!.contactId ?? `anon:${event.ids!.anonymousId}`;
      const subjects = [{ type: 'contact' as const, id: contact }];
      const claim = { kind: event.kind ?? 'track', contactId: contact, anonymousId: event.ids!.anonymousId } as const;
      const merges = mergesOf({ ...claim, previousId: undefined });
      const instant = Date.parse(event.at!);
      const { name, properties = {}, patches = [] } = event;
      const base = { arrival: n + 1, messageId: event.id!, name, at: instant, receivedAt: instant };
      return { ...base, properties, subjects, patches, ...merges };
    });
    const claims = timeline.flatMap(identityLinksOf);
    const identities = new IdentityLinks(claims);
    const { versions, workspace } = compileWorkspace([...surroundings, cart(), count()], registry);
    const { settings, people } = workspace;
    const fired: { id: string; told: string }[] = [];
    const ends = new Map<string, string>();
    const until = Date.parse(at('11:40'));
    run({ versions, settings, people, records: [], events: timeline, claims, until }, (line) => {
      if (line.type === 'enrolment') ends.set(line.id, line.refused ?? 'enrolled');
      if (line.type !== 'firing') return;
      const time = isoInstant(line.at).slice(11, 16);
      const told = `${time} ${line.playbook} ${identities.heirOf(line.subject.id)}`;
      fired.push({ id: enrolmentIdOf({ ...line, arm: 0 }), told });
    });
    return fired.map(({ id, told }) => `${told} ${ends.get(id)}`).sort();
  };

  it.each([1, 2, 3, 4, 5, 6])('end alike in whatever order their events come (seed %i)', async (seed) => {
    const drawn = drawnOf(seed).sort((a, b) => (a.at! < b.at! ? -1 : a.at! > b.at! ? 1 : 0));
    // One event a minute and a place for each: at one instant the order of arrival would count.
    const events = drawn.map((event, n) => ({ ...event, at: at(`10:${String(10 + n)}`) }));
    const straight = await play(events, false);
    expect([...straight.all.firings].sort()).toEqual(virtually(events));
    const random = randomOf(seed, 'order');
    const shuffled = events.map((event) => ({ event, by: random.next() })).sort((a, b) => a.by - b.by);
    expect(
      (
        await play(
          shuffled.map(({ event }) => event),
          true,
        )
      ).end,
    ).toEqual(straight.end);
  });
});
