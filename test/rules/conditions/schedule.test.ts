/** T11: schedules, and the subjects that have no records: colleagues and the workspace. */
import { describe, expect, it } from 'vitest';
import { registry } from '../../../evaluation/registry.ts';
import { compileWorkspace } from '../../../language/compile.ts';
import type { Person } from '../../../language/model.ts';
import { run } from '../../../simulate/run/run.ts';
import type { RunInput, RunLine } from '../../../simulate/run/types.ts';
import { runTest } from '../../../simulate/tests/playbook-tests.ts';
import { compiled, day, shortTime } from '../play.ts';

const PEOPLE: Person[] = [
  { id: 'mia', role: 'marketer', email: 'mia@shop.example', timeZone: 'Europe/Berlin' },
  { id: 'sal', role: 'sales-ops', email: 'sal@shop.example', timeZone: 'America/New_York' },
  { id: 'lou', role: 'marketer' },
];

const DIGEST = {
  path: 'templates/digest.txt',
  text: '---\nsubject: Week of {{ colleague.role }}\n---\nHello {{ colleague.id }}\n',
};

interface Scene extends Partial<Pick<RunInput, 'records' | 'events' | 'start' | 'until'>> {
  people?: Person[];
}

/** What a playbook does from Monday the 2nd of March 2026, 00:00 UTC, on. */
function play(playbook: string, scene: Scene = {}): { firings: string[]; story: string[]; lines: RunLine[] } {
  const { versions, workspace } = compiled(playbook);
  const lines: RunLine[] = [];
  const { people = PEOPLE, ...rest } = scene;
  const input = { versions, settings: workspace.settings, people: { ...workspace.people, persons: people } };
  run({ ...input, records: [], events: [], start: Date.parse(day('00:00')), ...rest }, (line) => lines.push(line));
  return {
    firings: lines.flatMap((line) => (line.type === 'firing' ? `${shortTime(line.at)} ${line.subject.id}` : [])),
    story: lines.flatMap((line) =>
      line.type === 'effect' ? `${shortTime(line.at)} ${JSON.stringify(line.detail)}` : [],
    ),
    lines,
  };
}

const contact = (id: string, traits = {}) => ({ type: 'contact' as const, id, traits });
const until = (time: string, days = 0) => ({ until: Date.parse(day(time, days)) });

describe('a schedule fires for every subject in the audience (T11)', () => {
  const weekly = (more = '') => `
time_zone: Europe/Berlin
trigger: { schedule: monday at "09:00"${more} }
audience: contact.stage == "customer"
again: always
steps: [{ record: greeted, value: trigger.at }]`;
  const records = [
    contact('bea', { stage: 'customer', time_zone: 'America/New_York' }),
    contact('ada', { stage: 'customer' }),
    contact('cem', { stage: 'lead' }),
  ];

  it('under the key that the record gives, and under the empty one where it gives none (T0)', () => {
    const { lines } = play(weekly(', key: contact.region'), {
      records: [contact('ada', { stage: 'customer', region: 'north' }), contact('bea', { stage: 'customer' })],
      ...until('12:00'),
    });
    expect(lines.flatMap((line) => (line.type === 'firing' ? [[line.subject.id, line.key]] : []))).toEqual([
      ['ada', 'north'],
      ['bea', ''],
    ]);
  });

  it('all at the scheduled instant, in the order of their ids; nothing is told of the others', () => {
    const { firings, lines } = play(weekly(), { records, ...until('12:00', 7) });
    expect(firings).toEqual(['03-02 08:00 ada', '03-02 08:00 bea', '03-09 08:00 ada', '03-09 08:00 bea']);
    expect(lines.filter((line) => line.type === 'enrolment' && line.refused !== null)).toEqual([]);
  });

  it('without evidence: `trigger` has its own fields', () => {
    const { story, lines } = play(weekly(), { records: [records[1]!], ...until('12:00') });
    expect(story).toEqual(['03-02 08:00 {"record":"greeted","value":"2026-03-02T08:00:00.000Z"}']);
    expect(lines[0]).toMatchObject({ type: 'firing', evidence: [] });
  });

  it('at the local time of each with `time_zone: subject`, else by the playbook, then the settings', () => {
    const { firings } = play(weekly(', time_zone: subject'), { records, ...until('23:00') });
    expect(firings).toEqual(['03-02 08:00 ada', '03-02 14:00 bea']);
  });

  it('a trait that is no zone is as none', () => {
    const odd = contact('ada', { stage: 'customer', time_zone: 'Moon/Crater' });
    expect(play(weekly(', time_zone: subject'), { records: [odd], ...until('23:00') }).firings).toEqual([
      '03-02 08:00 ada',
    ]);
  });

  it('in a zone of its own where it has one', () => {
    const { firings } = play(weekly(', time_zone: America/New_York'), { records, ...until('23:00') });
    expect(firings).toEqual(['03-02 14:00 ada', '03-02 14:00 bea']);
  });

  it('an event of that very instant comes before it (E4)', () => {
    const joins = (at: string) => ({
      arrival: 1,
      messageId: 'm1',
      name: 'joined',
      at: Date.parse(at),
      receivedAt: Date.parse(at),
      properties: {},
      subjects: [{ type: 'contact' as const, id: 'dan' }],
      patches: [{ type: 'contact' as const, id: 'dan', traits: { stage: 'customer', time_zone: 'Asia/Tokyo' } }],
    });
    const eachOwn = weekly(', time_zone: subject').replace('monday', 'tuesday');
    const played = (at: string) => play(eachOwn, { events: [joins(at)], ...until('23:00', 1) }).firings;
    expect(played(day('00:00:00.000', 1))).toEqual(['03-03 00:00 dan']);
    expect(played(day('00:00:00.001', 1))).toEqual([]);
  });

  it('begins behind the deployment, and `again` counts from the last one (T18, N2)', () => {
    const start = Date.parse(day('08:00'));
    const twoWeekly = weekly().replace('again: always', 'again: after 14d');
    const { lines } = play(twoWeekly, { records: [records[1]!], start, ...until('12:00', 21) });
    const entries = lines.flatMap((line) => (line.type === 'enrolment' ? [line.refused ?? 'entered'] : []));
    expect(entries).toEqual(['entered', 'again', 'entered']);
  });

  it('keeps no run open: without an end it stops where everything else has (V3)', () => {
    expect(play(weekly(), { records }).firings).toEqual([]);
  });

  it('as an arm among others', () => {
    const both = `
trigger:
  any:
    - { as: weekly, schedule: monday at "09:00" }
    - { as: monthly, schedule: "0 9 1 * *" }
again: always
steps: [{ record: greeted, value: trigger.arm }]`;
    expect(
      play(both, { records: [contact('ada')], ...until('23:00', 31) }).story.map((line) => line.slice(12)),
    ).toEqual([
      '{"record":"greeted","value":"weekly"}',
      '{"record":"greeted","value":"weekly"}',
      '{"record":"greeted","value":"weekly"}',
      '{"record":"greeted","value":"weekly"}',
      '{"record":"greeted","value":"weekly"}',
      '{"record":"greeted","value":"monthly"}',
    ]);
  });
});

describe('what a playbook on a schedule is told', () => {
  it('that with `again: never` it runs once only (N2)', () => {
    const text = (again: string) =>
      `playbook: p\ntrigger: { schedule: daily at "09:00" }\n${again}\nsteps: [{ record: x }]\n`;
    const said = (again: string) =>
      compileWorkspace([{ path: 'p.yaml', text: text(again) }], registry).diagnostics.map(
        (d) => `${d.severity} ${d.code}`,
      );
    expect(said('')).toEqual(['warning CB604']);
    expect(said('again: always')).toEqual([]);
  });

  it('by its own tests, which name the people and say when they end (V3)', () => {
    const text = `
playbook: report
subject: colleague
trigger: { schedule: monday at "08:00", time_zone: subject }
audience: colleague.role == "marketer"
again: always
steps: [{ send: email, template: digest, class: internal }]
tests:
  - it: writes to each at their own eight
    people:
      - { person: mia, role: marketer, email: mia@example.com, time_zone: Europe/Berlin }
      - { person: sal, role: marketer, email: sal@example.com, time_zone: America/New_York }
    start: 2026-03-09T00:00:00Z
    until: 2026-03-10T00:00:00Z
    events: []
    expect_only: [send]
    expect:
      - { at: 2026-03-09T07:00:00Z, send: digest, to: mia }
      - { at: 2026-03-09T12:00:00Z, send: digest, to: sal }
  - it: writes to nobody else
    people: [{ person: kim, role: agent, email: kim@example.com }]
    start: 2026-03-09T00:00:00Z
    until: 2026-03-10T00:00:00Z
    events: []
    expect: nothing
`;
    const { versions, tests, workspace, diagnostics } = compileWorkspace(
      [DIGEST, { path: 'report.yaml', text }],
      registry,
    );
    expect(diagnostics).toEqual([]);
    const results = tests.get('report')!.map((test) => runTest(versions[0]!, test, workspace.people));
    expect(results.flatMap((result) => result.faults)).toEqual([]);
    expect(results).toHaveLength(2);
  });
});

describe('colleagues and the workspace are subjects too', () => {
  it('each colleague at the own eight, by role; mails and tasks go there (Y2)', () => {
    const playbook = `
subject: colleague
trigger: { schedule: monday at "08:00", time_zone: subject }
audience: colleague.role in ["marketer", "sales-ops"] && has(colleague.email)
again: always
steps:
  - { send: email, template: digest, class: internal }
  - { task: 'Plan the week, {{ colleague.id }}', assign: colleague }`;
    const { versions, workspace } = compiled(playbook, [DIGEST]);
    const lines: RunLine[] = [];
    run(
      {
        versions,
        settings: workspace.settings,
        people: { ...workspace.people, persons: PEOPLE },
        records: [],
        events: [],
        start: Date.parse('2026-03-09T00:00:00Z'),
        until: Date.parse('2026-03-10T00:00:00Z'),
      },
      (line) => lines.push(line),
    );
    // New York is on summer time since the day before, Berlin is not.
    expect(
      lines.flatMap((line) =>
        line.type === 'effect'
          ? [`${shortTime(line.at)} ${line.refused ?? 'done'} ${JSON.stringify(line.detail)}`]
          : [],
      ),
    ).toEqual([
      '03-09 07:00 done {"send":"digest","to":"mia"}',
      '03-09 07:00 done {"task":"Plan the week, mia","assign":"mia"}',
      '03-09 12:00 done {"send":"digest","to":"sal"}',
      '03-09 12:00 done {"task":"Plan the week, sal","assign":"sal"}',
    ]);
  });

  it('a colleague without an address gets no mail, and the refusal says so', () => {
    const playbook = `
subject: colleague
trigger: { schedule: daily at "08:00" }
again: always
steps: [{ id: mail, send: email, template: digest, class: internal }, { record: tried, value: steps.mail.reason }]`;
    const { versions, workspace } = compiled(playbook, [DIGEST]);
    const people = { ...workspace.people, persons: [PEOPLE[2]!] };
    const lines: RunLine[] = [];
    const span = { start: Date.parse(day('00:00')), ...until('12:00') };
    run({ versions, settings: workspace.settings, people, records: [], events: [], ...span }, (line) =>
      lines.push(line),
    );
    expect(lines.flatMap((line) => (line.type === 'effect' ? [line.refused ?? line.detail.value] : []))).toEqual([
      'no_address',
      'no_address',
    ]);
  });

  it('a message to a colleague is internal', () => {
    const marketing = `
subject: colleague
trigger: { schedule: daily at "08:00" }
again: always
steps: [{ send: email, template: digest, class: transactional }]`;
    expect(() => compiled(marketing, [DIGEST])).toThrow('a message to a colleague is internal');
  });

  it('the workspace once, by the zone of the playbook', () => {
    const playbook = `
subject: workspace
time_zone: Europe/Berlin
trigger: { schedule: daily at "08:00", time_zone: subject }
again: always
steps: [{ record: counted }]`;
    expect(play(playbook, until('12:00', 1)).firings).toEqual(['03-02 07:00 workspace', '03-03 07:00 workspace']);
  });
});

describe('days of a month and every so many weeks (T11)', () => {
  it('fire on the first business day of the calendar, and every second week from a date', () => {
    const { firings } = play(
      `subject: workspace
calendar: office-eu
time_zone: UTC
again: always
trigger:
  any:
    - { schedule: last business day of month at "09:00" }
    - { schedule: every 2 weeks on monday at "09:00", starting: 2026-03-09 }
steps: [{ record: x }]`,
      { until: Date.parse(day('00:00', 40)) },
    );
    expect(firings.map((line) => line.slice(0, 11))).toEqual([
      '03-09 09:00',
      '03-23 09:00',
      '03-31 09:00',
      '04-06 09:00',
    ]);
  });
});
