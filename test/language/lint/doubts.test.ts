/** What is well formed and likely not meant: what is told, and what is left alone since it may be meant. */
import { describe, expect, it } from 'vitest';
import { untested } from '../../../language/compile/lint/untested.ts';
import { compileWorkspace } from '../../../language/compile.ts';
import { compileOne, registry, shippedFiles } from '../workspace.ts';

const around = (await shippedFiles()).filter(({ path }) => path.includes('/') || path === 'settings.yaml');
around.push({ path: 'templates/cart-letter.txt', text: '---\nsubject: News\n---\nHello\n' });

/** The codes that are said of playbooks of one folder, each with its file. */
function said(...texts: string[]): string[] {
  const own = texts.map((text) => ({ path: `${/^playbook: (\S+)/m.exec(text)![1]}.yaml`, text }));
  const { diagnostics } = compileWorkspace([...around, ...own], registry, '');
  return diagnostics.filter(({ severity }) => severity !== 'information').map(({ file, code }) => `${file} ${code}`);
}

const mail = 'steps:\n  - send: email\n    template: cart-second-plain\n    class: marketing\n';

describe('two playbooks that mail the same people within a day', () => {
  const one = `playbook: one\ntrigger: { event: order.completed, where: event.total > 50 }\n${mail}`;
  const other = (more: string) => `playbook: other\n${more}\n${mail}`;
  const of = (more: string) => said(one, other(more)).filter((line) => line.endsWith('CB656'));

  it('are told, each in its own file', () => {
    expect(of('trigger: { event: order.completed }')).toEqual(['one.yaml CB656', 'other.yaml CB656']);
    expect(of('trigger: { event: order.completed, unless: order.returned, within: 23h }')).toHaveLength(2);
  });

  it('a day apart they are left alone', () => {
    expect(of('trigger: { event: order.completed, unless: order.returned, within: 24h }')).toEqual([]);
  });

  it('so are those whose conditions or audiences exclude each other, and those of other events', () => {
    expect(of('trigger: { event: order.completed, where: event.total <= 50 }')).toEqual([]);
    expect(of('trigger: { event: order.paid }')).toEqual([]);
    const german = one.replace('steps:', 'audience: contact.country == "DE"\nsteps:');
    expect(said(german, other('trigger: { event: order.completed }\naudience: contact.country == "FR"'))).toEqual([]);
  });

  it('and where a cap lets one mail a day through', () => {
    const capped = around.map((file) =>
      file.path === 'settings.yaml'
        ? { ...file, text: file.text.replace('at_most: 3, per: 1w', 'at_most: 1, per: 1d') }
        : file,
    );
    const own = [one, other('trigger: { event: order.completed }')].map((text, i) => ({
      path: `${['one', 'other'][i]}.yaml`,
      text,
    }));
    expect(compileWorkspace([...capped, ...own], registry, '').diagnostics).toEqual([]);
  });

  it('schedules meet on a day; of months they need not', () => {
    const letter = (name: string, at: string) =>
      `playbook: ${name}\nagain: always\ntrigger: { schedule: ${at} }\n${mail.replace('second-plain', 'letter')}`;
    expect(said(letter('a', 'monday at "09:00"'), letter('b', 'monday at "15:00"'))).toEqual([
      'a.yaml CB656',
      'b.yaml CB656',
    ]);
    expect(said(letter('a', 'monday at "09:00"'), letter('b', 'thursday at "09:00"'))).toEqual([]);
  });
});

describe('a subject line that may come out empty', () => {
  const of = (subject: string, more = '') => {
    const text = `playbook: p\ntrigger: { event: post.written${more} }\nsteps:\n  - send: email\n    template: t\n    class: transactional\n`;
    const extra = [{ path: 'templates/t.txt', text: `---\nsubject: '${subject}'\n---\nHello\n` }];
    return compileOne(text, { extra }).diagnostics.map(({ code }) => code);
  };

  it('is one of values alone, in whatever helper or block', () => {
    expect(of('{{ trigger.title }}')).toEqual(['CB418']);
    expect(of('{{ trigger.title }} {{ contact.city }}')).toEqual(['CB418']);
    expect(of('{{ money trigger.total "EUR" }}')).toEqual(['CB418']);
    expect(of('{{#if trigger.title}}New: {{ trigger.title }}{{/if}}')).toEqual(['CB418']);
  });

  it('is none where words stand beside them, or in their place', () => {
    expect(of('New: {{ trigger.title }}')).toEqual([]);
    expect(of('{{ default trigger.title "News" }}')).toEqual([]);
    expect(of('{{#if trigger.title}}{{ trigger.title }}{{else}}News{{/if}}')).toEqual([]);
  });

  it('nor where the trigger or the settings ask for the value', () => {
    expect(of('{{ trigger.title }}', ', where: has(event.title)')).toEqual([]);
    expect(of('{{ contact.name }}')).toEqual([]);
  });
});

describe('journeys', () => {
  const steps = (text: string, more = '') =>
    said(`playbook: p\ntrigger: { event: order.completed }\n${more}steps:\n${text}\n`);

  it('go on behind an `exit` with a condition, and behind a branch that does not end', () => {
    expect(steps('  - if: trigger.total > 5\n    exit: large\n  - record: small')).toEqual([]);
    expect(steps('  - if: trigger.total > 5\n    then: [{ exit: large }]\n  - record: small')).toEqual([]);
    expect(steps('  - choose: [{ if: trigger.total > 5, then: [{ exit: a }] }]\n  - record: b')).toEqual([]);
    expect(steps('  - wait_for: order.paid\n    within: 1d\n    then: [{ exit: paid }]\n  - record: b')).toEqual([]);
    expect(
      steps('  - repeat: { at_most: 2, until: contact.age > 5 }\n    steps: [{ exit: a }]\n  - record: b'),
    ).toEqual([]);
  });

  it('end where every way does', () => {
    expect(
      steps(
        '  - wait_for: order.paid\n    within: 1d\n    then: [{ exit: paid }]\n    else: [{ exit: no }]\n  - record: b',
      ),
    ).toEqual(['p.yaml CB651']);
    expect(
      steps(
        '  - split: s\n    arms: { a: { weight: 1, steps: [{ exit: a }] }, b: { weight: 1, steps: [{ exit: b }] } }\n  - record: b',
      ),
    ).toEqual(['p.yaml CB651']);
  });

  it('take a later branch where the first may miss what it compares', () => {
    const two = (a: string, b: string) =>
      steps(`  - choose: [{ if: '${a}', then: [{ record: a }] }, { if: '${b}', then: [{ record: b }] }]`);
    expect(two('contact.plan == "free"', '!has(contact.plan)')).toEqual([]);
    expect(two('contact.plan == "free" || contact.old', 'contact.plan == "pro"')).toEqual([]);
    expect(two('contact.plan == "free"', 'contact.plan == "free"')).toEqual(['p.yaml CB651']);
    expect(two('trigger.total > 80', 'trigger.total > 50')).toEqual([]);
  });

  it('mail within the window of their goal, by whatever way is the shortest', () => {
    const goal = 'goal: { event: order.returned, within: 7d }\n';
    const send = '  - send: email\n    template: cart-second-plain\n    class: marketing';
    expect(steps(`  - wait: 6d\n${send}`, goal)).toEqual([]);
    expect(steps(`  - wait_for: order.paid\n    within: 30d\n${send}`, goal)).toEqual([]);
    expect(steps(`  - if: trigger.total > 5\n    wait: 30d\n${send}`, goal)).toEqual([]);
    expect(steps(`  - wait: 4d\n  - wait: { until: 7d, since: enrolment }\n${send}`, goal)).toEqual(['p.yaml CB652']);
    expect(steps(`  - wait: 30d\n${send}`, goal.replace('7d', '7d, attribute: sent'))).toEqual([]);
  });

  it('may reach a goal that their audience leaves open', () => {
    const goal = (audience: string) =>
      steps('  - record: a', `audience: ${audience}\ngoal: { becomes: contact.plan == "pro" }\n`);
    expect(goal('contact.plan == "free"')).toEqual([]);
    expect(goal('contact.country == "DE"')).toEqual([]);
    expect(goal('contact.plan == "pro" || contact.plan == "free"')).toEqual([]);
    expect(goal('contact.plan == "pro" && contact.age > 3')).toEqual(['p.yaml CB653']);
  });
});

describe('what fires by the calendar', () => {
  const of = (trigger: string) =>
    said(
      `playbook: p\nagain: always\ntrigger: ${trigger}\nsteps:\n  - task: "Call {{ trigger.phone }} {{ trigger.date }}"\n    assign: kim\n    due: 1d\n`,
    );

  it('brings no event’s values, unless an arm is fired by one', () => {
    expect(of('{ date: contact.renewal_date }')).toEqual(['p.yaml CB655']);
    expect(of('{ any: [{ date: contact.renewal_date }, { event: call.asked }] }')).toEqual([]);
  });
});

describe('playbooks without tests', () => {
  it('are told once each, and those with tests that have a fault are not', () => {
    const bare = `playbook: bare\ntrigger: { event: a }\nsteps: [{ record: b }]\n`;
    const { tests, sources } = compileOne(bare);
    const source = sources.get('playbooks/bare.yaml')!;
    expect(untested(new Map([['bare', source]]), tests)).toMatchObject([
      { code: 'CB657', severity: 'warning', line: 1 },
    ]);
    const faulty = { ...source, text: `${bare}tests:\n  - it: x\n` };
    expect(untested(new Map([['bare', faulty]]), new Map())).toEqual([]);
  });
});
