/** W3 in virtual time: a colleague's own records, everybody's, shares of them, and contacts that may be one person. */
import { describe, expect, it } from 'vitest';
import type { RecordType, Traits } from '../../language/model.ts';
import { likenessKeys } from '../../language/records/lists/overviews.ts';
import { runTest } from '../../simulate/tests/playbook-tests.ts';
import { compileOne } from '../language/workspace.ts';

const SEGMENTS = {
  path: 'segments/of-overviews.yaml',
  text: `subject: contact
segments:
  reachable: has(contact.email)
  doubled: contact.duplicates > 0
`,
};
const TICKETS = {
  path: 'segments/of-tickets.yaml',
  text: 'subject: ticket\nsegments: { urgent: ticket.priority == "urgent" }\n',
};

function codes(step: string, more = ''): string[] {
  const text = `playbook: p\nsubject: colleague\ntrigger: { schedule: monday at "08:00" }\nagain: always\n${more}steps:\n  - ${step}\n`;
  return compileOne(text, { extra: [SEGMENTS, TICKETS] })
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ code, message }) => `${code} ${message}`);
}

function played(step: string, records: { type: RecordType; id: string; traits: Traits }[]): unknown[] {
  const plural = { contact: 'contacts', account: 'accounts', deal: 'deals', ticket: 'tickets' };
  const lists = Object.entries(plural).map(([type, name]) => {
    const own = records.filter((one) => one.type === type).map(({ id, traits }) => JSON.stringify({ id, ...traits }));
    return `    ${name}: [${own.join(', ')}]\n`;
  });
  const text = `playbook: p
subject: colleague
trigger: { schedule: monday at "08:00" }
again: always
steps:
  - ${step}
tests:
  - it: plays
    people: [{ person: kim, name: Kim, email: kim@example.com, time_zone: Europe/Berlin }]
${lists.join('')}    start: 2026-03-02T00:00:00Z
    until: 2026-03-03T00:00:00Z
    events: []
    expect: nothing
`;
  const { diagnostics, versions, tests, workspace } = compileOne(text, { extra: [SEGMENTS, TICKETS] });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const version = versions.find(({ playbook }) => playbook.playbook === 'p')!;
  const { came } = runTest(version, tests.get('p')![0]!, workspace.people);
  return came.flatMap(({ fields }) => (fields.record === 'x' ? [fields.value ?? null] : []));
}

const contact = (id: string, traits: Traits) => ({ type: 'contact', id, traits }) as const;
const ticket = (id: string, traits: Traits) => ({ type: 'ticket', id, traits }) as const;
const record = (cel: string) => `{ record: x, value: '${cel}' }`;

describe('lists of records', () => {
  const records = [
    contact('a', { owner: 'kim', email: 'a@example.com', name: 'Ann' }),
    contact('b', { owner: 'kim', name: 'Bob' }),
    contact('c', { owner: 'max', email: 'c@example.com' }),
    ticket('t1', { assignee: 'kim', priority: 'urgent' }),
    ticket('t2', { owner: 'kim', priority: 'urgent' }),
  ];

  it('`mine` has what names the colleague as its owner, of tickets as their assignee', () => {
    expect(played(record('mine.reachable.map(c, c.id)'), records)).toEqual([['a']]);
    expect(played(record('mine.urgent.map(t, t.id)'), records)).toEqual([['t1']]);
  });

  it("`all` has everybody's, and `share` is the part of them that is in a segment", () => {
    expect(played(record('all.reachable.map(c, c.id)'), records)).toEqual([['a', 'c']]);
    expect(played(record('share("reachable", "contacts")'), records)).toEqual([2 / 3]);
  });

  it('a share of no records is no value', () => {
    expect(played(record('share("reachable", "contacts")'), [])).toEqual([null]);
  });
});

describe('contacts that are likely one person', () => {
  it('have the same address, the same number, or the same name in the same account', () => {
    const records = [
      contact('a', { owner: 'kim', email: ' Ann@example.com ', phone: '+49 (30) 123 45 67' }),
      contact('b', { email: 'ann@EXAMPLE.com' }),
      contact('c', { phone: '0049301234567' }),
      contact('d', { name: 'Dora  Diaz', accountId: 'acme' }),
      contact('e', { name: 'dora diaz', accountId: 'acme', owner: 'kim' }),
      contact('f', { name: 'Dora Diaz', accountId: 'other', owner: 'kim' }),
    ];
    expect(played(record('mine.doubled.map(c, [c.id, c.duplicates])'), records)).toEqual([
      [
        ['a', 2],
        ['e', 1],
      ],
    ]);
  });

  it('a short number, a name without an account, and nothing at all tell nobody', () => {
    expect(likenessKeys({ phone: '110', name: 'Ann', email: ' ' })).toEqual([]);
  });
});

describe('what is said wrongly', () => {
  it.each([
    [
      'a list taken for a value',
      record('mine.reachable.name'),
      'CB303 `mine.reachable` is a list of records: ask for one of them',
    ],
    ['no segment at all', record('size(mine)'), 'CB303 `mine` is no value: read one of its segments'],
    ['no such segment', record('size(mine.reachible)'), 'CB302 `mine.reachible` is not known'],
    [
      'no such segment in a text',
      `{ notify: kim, text: "{{ mine.reachible }}" }`,
      'CB509 `mine` has no segment `reachible`',
    ],
    [
      'a share of others',
      record('share("reachable", "deals")'),
      'CB301 `reachable` is a segment of contacts, and no part of "deals"',
    ],
    ['a share of what there is not', record('share("x", "contacts")'), 'CB509 no segment is called `x`'],
  ])('%s', (_what, step, expected) => {
    expect(codes(step)).toContain(expected);
  });

  it('what is counted over all records starts and ends nothing', () => {
    const goal = 'goal: { event: order.completed, within: 7d }\n';
    const of = (trigger: string, more = '') =>
      compileOne(`playbook: p\ntrigger: ${trigger}\n${more}steps: [{ record: x }]\n`, { extra: [SEGMENTS] })
        .diagnostics.filter(({ severity }) => severity === 'error')
        .map(({ code }) => code);
    expect(of('{ enters: doubled }')).toEqual(['CB307']);
    expect(of('{ becomes: contact.duplicates > 0 }')).toEqual(['CB307']);
    expect(of('{ event: seen }', 'audience: in_segment("doubled")\n')).toEqual(['CB307']);
    expect(of('{ event: seen }', 'exit_on: [{ leaves: doubled }]\n')).toEqual(['CB307']);
    expect(of('{ event: seen }', goal)).toEqual([]);
  });
});
