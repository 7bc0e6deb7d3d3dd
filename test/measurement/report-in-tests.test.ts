/** What texts and conditions read of `report` (W3), where a test says it and where it does not. */
import { describe, expect, it } from 'vitest';
import { TEXT_ROOTS } from '../../language/roots.ts';
import { lastWeek, reportOf } from '../../measurement/report.ts';
import { runTest } from '../../simulate/tests/playbook-tests.ts';
import { compileOne } from '../language/workspace.ts';

const day = (text: string) => Date.parse(text);

describe('the last full week', () => {
  it('is over: on a Monday it ended a moment ago, on a Sunday a week ago', () => {
    const week = { firstDay: '2026-03-02', lastDay: '2026-03-08' };
    expect(lastWeek(day('2026-03-08T23:00:00Z'), 'Europe/Berlin')).toMatchObject(week);
    expect(lastWeek(day('2026-03-15T22:59:59Z'), 'Europe/Berlin')).toMatchObject(week);
    expect(lastWeek(day('2026-03-08T22:59:59Z'), 'Europe/Berlin')).toMatchObject({ firstDay: '2026-02-23' });
  });

  it('goes by the clocks of its reader, also where they are put forward in it', () => {
    // The night to Sunday, 29 March, is an hour shorter.
    const { from, until } = lastWeek(day('2026-03-30T06:00:00Z'), 'Europe/Berlin');
    expect(new Date(from).toISOString()).toBe('2026-03-22T23:00:00.000Z');
    expect(new Date(until).toISOString()).toBe('2026-03-29T22:00:00.000Z');
  });
});

const PLAYBOOK = `playbook: week
subject: colleague
time_zone: Europe/Berlin
trigger: { schedule: monday at "08:00", time_zone: subject }
audience: colleague.role == "marketing-lead"
again: always
steps:
  - if: report.cadence_kept < 90
    then: [{ record: "too few" }]
  - notify: colleague
    text: "{{ report.from }} to {{ report.to }}: {{ report.fired }} fired{{#each report.playbooks}}, {{ playbook }} {{ lift }}{{/each}}"
`;

const TEST = (more: string) => `tests:
  - it: says it
    people: [{ person: mia, name: Mia, email: mia@example.com, role: marketing-lead, time_zone: Europe/Berlin }]
    start: 2026-03-02T00:00:00Z
    until: 2026-03-10T00:00:00Z
    events: []
${more}
`;

function lines(more: string) {
  const { diagnostics, versions, tests, workspace } = compileOne(`${PLAYBOOK}${TEST(more)}`);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return runTest(
    versions.find(({ playbook }) => playbook.playbook === 'week')!,
    tests.get('week')![0]!,
    workspace.people,
  );
}

describe('the lists of a report', () => {
  it('have no field that a text would take for a name of its own', () => {
    const figures = { playbook: 'p', fired: 1, entered: 1, converted: 1, value: 1, template: 't' };
    const report = reportOf(lastWeek(0, 'UTC'), {
      playbooks: [figures],
      serviceLevels: [{ policy: 'p', clock: 'c', met: 1, breached: 0, lateMs: null }],
      cadence: [{ playbook: 'p', due: 1, inTime: 1 }],
      records: [{ record: 'contact', complete: 1, of: 1 }],
      messages: [figures],
      predictions: [{ trait: 't', made: 1, precision: 1, recall: 1, base_rate: 1 }],
    });
    const lists = Object.values(report).filter((value) => Array.isArray(value));
    expect(lists).toHaveLength(6);
    const fields = lists.flatMap(([item]) => Object.keys(item!));
    expect(fields.filter((field) => TEXT_ROOTS.includes(field))).toEqual([]);
  });
});

describe('a playbook that reads figures', () => {
  it('reads those that its test says, with the days of the week before', () => {
    const { faults, passed } =
      lines(`    report: { fired: 7, cadence_kept: 80, playbooks: [{ playbook: welcome, lift: "+33 %" }] }
    expect_only: [notify, record]
    expect:
      - { at: 2026-03-02T07:00:00Z, record: too few }
      - { at: 2026-03-02T07:00:00Z, notify: mia, text: "2026-02-23 to 2026-03-01: 7 fired, welcome +33 %" }
      - { at: 2026-03-09T07:00:00Z, record: too few }
      - { at: 2026-03-09T07:00:00Z, notify: mia, text: "2026-03-02 to 2026-03-08: 7 fired, welcome +33 %" }`);
    expect(faults).toEqual([]);
    expect(passed).toBe(true);
  });

  it('reads without them a week in which nothing happened, and a condition on what was not counted does not hold', () => {
    const { faults } = lines(`    expect_only: [notify, record]
    expect:
      - { at: 2026-03-02T07:00:00Z, notify: mia, text: "2026-02-23 to 2026-03-01: 0 fired" }
      - { at: 2026-03-09T07:00:00Z, notify: mia, text: "2026-03-02 to 2026-03-08: 0 fired" }`);
    expect(faults).toEqual([]);
  });

  it('may read what there is, and nothing else', () => {
    const faultsOf = (text: string) => compileOne(text).diagnostics.map(({ code, message }) => `${code} ${message}`);
    expect(faultsOf(PLAYBOOK.replace('report.fired', 'report.fried'))).toContainEqual(
      expect.stringContaining('CB406 `report` has no `fried`'),
    );
    expect(faultsOf(PLAYBOOK.replace('report.cadence_kept', 'report.cadence_keep'))).toContainEqual(
      expect.stringContaining('CB302 `report.cadence_keep` is not known'),
    );
    expect(faultsOf(`${PLAYBOOK}${TEST('    report: { fried: 7 }\n    expect: nothing')}`).join()).toMatch(/fried/);
  });
});
