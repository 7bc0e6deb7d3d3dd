/** T0, E6: a step reads what stood at its own instant, as whose enrolment it was then, however late it runs. */
import { describe, expect, it } from 'vitest';
import { openMailer } from '../../../activities/mail/transport.ts';
import type { WorkspaceFile } from '../../../language/compile.ts';
import type { Evaluation } from '../../support/evaluation.ts';
import { activitiesOn } from '../../support/journey-activities.ts';
import { alias, at, known, says, visitor } from '../visitors.ts';
import { othersThan } from './arrivals.ts';

const clock = { from: at('08:00'), now: at('12:00'), until: at('12:10') };

const visits: WorkspaceFile = {
  path: 'traits/visits.yaml',
  text: 'subject: contact\ntraits:\n  visits: { count: true, event: viewed, over: 1d }\n',
};
const steps = `
steps:
  - task: "Call {{ contact.name }} after {{ contact.visits }} visits"
    assign: kim
    due: 1d
  - if: contact.country == "DE"
    then: [{ record: german }]
    else: [{ record: foreign }]
`;
const asked = (more: string) => [
  visits,
  { path: 'asked.yaml', text: `playbook: asked\nagain: always\nholdout: none\n${more}${steps}` },
];

/** The steps of every enrolment are carried out now, each at the enrolment's own start. */
async function carriedOut({ database }: Evaluation): Promise<string[]> {
  // Nothing of these steps is sent.
  const mailer = openMailer({ url: 'smtp://127.0.0.1:9', timeoutMs: 1_000 });
  const { decide } = activitiesOn(database, mailer, 'warn');
  const { rows } = await database.pool.query<{ id: string; who: string; at: number; versionHash: string }>(
    `SELECT id, subject_id AS who, started_at AS at, version_hash AS "versionHash" FROM enrolments ORDER BY subject_id`,
  );
  const told: string[] = [];
  for (const { id, who, at: startedAt, versionHash } of rows) {
    const ask = async (name: 'do' | 'choose', path: string) => {
      const command = { name, path, iteration: '', at: startedAt, attempt: 1, leaves: false };
      const reply = await decide({ cohortId: 'c', versionHash, items: [{ id, command }] });
      return reply.items[0]!.answer;
    };
    await ask('do', 'steps.0');
    const { rows: tasks } = await database.pool.query('SELECT title FROM tasks WHERE enrolment_id = $1', [id]);
    const chosen = await ask('choose', 'steps.1');
    told.push(`${who}: ${tasks[0]?.title}, ${'arm' in chosen && chosen.arm === 0 ? 'german' : 'foreign'}`);
  }
  await mailer.close();
  return told;
}

describe('a step before a merge', () => {
  it('reads the traits of the contact that it was', async () => {
    const events = [
      says('09:40', { contactId: 'ada' }, { name: 'Ada', country: 'FR' }),
      says('09:50', { contactId: 'kay' }, { name: 'Kay', country: 'DE' }),
      known('viewed', '09:55', 'ada'),
      known('asked', '10:00', 'kay'),
      alias('10:30', 'kay', 'ada'),
    ];
    const files = asked('trigger: { event: asked }');
    const wanted = ['ada: Call Kay after 0 visits, german'];
    expect(await othersThan({ files, clock, events, read: carriedOut }, wanted)).toEqual({});
  });

  it('reads those of the visitor that it was', async () => {
    const events = [
      says('09:40', { contactId: 'ada' }, { name: 'Ada', country: 'FR' }),
      says('09:50', { anonymousId: 'x' }, { name: 'Vi', country: 'DE' }),
      visitor('viewed', '09:55'),
      visitor('asked', '10:00'),
      { ...says('10:30', { contactId: 'ada', anonymousId: 'x' }, {}), id: 'claim' },
    ];
    const files = asked('trigger: { event: asked }\nanonymous: true');
    const wanted = ['ada: Call Vi after 1 visits, german'];
    expect(await othersThan({ files, clock, events, read: carriedOut }, wanted)).toEqual({});
  });

  it('reads those of whoever it was by the claims, not of who had it in between', async () => {
    const events = [
      { ...says('09:30', { contactId: 'kay', anonymousId: 'x' }, { name: 'Kay', country: 'FR' }), id: 'first' },
      { ...says('09:40', { contactId: 'lea', anonymousId: 'x' }, { name: 'Lea', country: 'DE' }), id: 'second' },
      visitor('viewed', '09:50'),
      visitor('asked', '10:00'),
    ];
    const files = asked('trigger: { event: asked }\nanonymous: true');
    const wanted = ['lea: Call Lea after 1 visits, german'];
    expect(await othersThan({ files, clock, events, read: carriedOut }, wanted)).toEqual({});
  });
});

describe('a ticket that names a contact by an id that is another`s by now', () => {
  it('means that other from the merge on', async () => {
    const events = [
      says('09:00', { contactId: 'kay' }, { name: 'Kay', country: 'FR' }),
      alias('09:30', 'kay', 'ada'),
      says('09:40', { contactId: 'ada' }, { name: 'Ada', country: 'DE' }),
      {
        name: 'ticket.created',
        id: 'created',
        at: at('10:00'),
        ids: { ticketId: 't' },
        patches: [{ type: 'ticket' as const, id: 't', traits: { contactId: 'kay' } }],
      },
    ];
    const files = asked('subject: ticket\ntrigger: { event: ticket.created }');
    const wanted = ['t: Call Ada after 0 visits, german'];
    expect(await othersThan({ files, clock, events, read: carriedOut }, wanted)).toEqual({});
  });
});
