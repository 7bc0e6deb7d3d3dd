/** Playbooks are compiled together, and what one gets wrong is its own affair. */
import { describe, expect, it } from 'vitest';
import { compileWorkspace } from '../../language/compile.ts';
import { diagnosticLine } from '../../language/diagnostics/diagnostics.ts';
import { compileOne, registry, shippedFiles } from './workspace.ts';

const codes = (result: { diagnostics: { code: string; severity: string }[] }) => result.diagnostics.map((d) => d.code);

function playbookOf(text: string) {
  const result = compileOne(text);
  expect(result.diagnostics).toEqual([]);
  return result.versions[0]!.playbook;
}

describe('the playbooks that ship', () => {
  it('compile without a fault, each with its tests', async () => {
    const files = await shippedFiles();
    const result = compileWorkspace(files, registry);
    expect(result.diagnostics).toEqual([]);
    const named = files.flatMap(({ path }) => /^(?!settings)([a-z-]+)\.yaml$/.exec(path)?.[1] ?? []);
    expect(named.length).toBeGreaterThan(20);
    expect(result.workspace.playbooks.map((p) => p.playbook).sort()).toEqual(named.sort());
    for (const tests of result.tests.values()) {
      expect(tests.some((test) => test.expect === 'nothing')).toBe(true);
      expect(tests.some((test) => test.expect !== 'nothing')).toBe(true);
    }
  });

  it('are plain JSON when compiled', async () => {
    const { workspace, versions } = compileWorkspace(await shippedFiles(), registry);
    expect(JSON.parse(JSON.stringify(workspace))).toEqual(workspace);
    expect(JSON.parse(JSON.stringify(versions))).toEqual(versions);
  });
});

describe('a broken file takes nothing else with it', () => {
  it('the other playbooks compile as before, whether it is YAML or not', async () => {
    const files = await shippedFiles();
    const whole = compileWorkspace(files, registry);
    for (const text of ['steps: [', 'playbook: broken\ntrigger: { event: a }\nsteps: [{ sedn: x }]\n']) {
      const result = compileWorkspace([...files, { path: 'broken.yaml', text }], registry);
      expect(result.versions).toEqual(whole.versions);
      expect(result.diagnostics.every((d) => d.file === 'playbooks/broken.yaml')).toBe(true);
      expect(result.diagnostics.length).toBeGreaterThan(0);
    }
  });

  it('a broken template stops only those that send it', async () => {
    const names = (of: { versions: { playbook: { playbook: string } }[] }) =>
      of.versions.map((v) => v.playbook.playbook);
    const files = await shippedFiles();
    const result = compileWorkspace(
      files.filter((f) => !f.path.endsWith('cart-reminder.mjml')),
      registry,
    );
    expect(codes(result)).toEqual(['CB501']);
    const whole = names(compileWorkspace(files, registry));
    expect(names(result)).toEqual(whole.filter((name) => name !== 'cart-abandoned'));
  });

  it('all faults of a file are told at once, in the order of the file', () => {
    const result = compileOne(`playbook: p
trigger: { event: cart.updated, where: evnt.value > 1 }
audience: contact.stage = "new"
steps:
  - wait: 1 hour
  - sedn: email
  - task: Call {{ contcat.name }}
    assign: nobody-there
`);
    expect(result.diagnostics.map((d) => d.line)).toEqual([2, 3, 5, 6, 7, 8]);
    expect(codes(result)).toEqual(['CB302', 'CB301', 'CB212', 'CB206', 'CB406', 'CB502']);
  });
});

describe('a trigger is told by its keys (Y1)', () => {
  const kindOf = (trigger: string) =>
    playbookOf(`playbook: p\ntrigger: ${trigger}\nsteps: [{ record: seen }]\n`).trigger.arms[0]!.kind;
  it.each([
    ['{ event: a }', 'event'],
    ['{ event: a, unless: b, within: 1h }', 'absence'],
    ['{ event: a, at_least: 3, within: 1h }', 'count'],
    ['{ event: a, at_least: 3, within: 1h, unless: b, hold: 1d }', 'count'],
    ['{ event: a, fewer_than: 3, of: b, within: 1h }', 'shortfall'],
    ['{ inactive: a, for: 90d }', 'inactivity'],
  ])('%s is %s', (trigger, kind) => expect(kindOf(trigger)).toBe(kind));

  it('a key of `any` goes to the arms that have none of their own', () => {
    const { arms } = playbookOf(`playbook: p
trigger:
  key: event.cart_id
  any:
    - { event: a, as: first }
    - { event: b, key: event.order_id }
steps: [{ record: seen }]
`).trigger;
    expect(arms.map((arm) => [arm.as, arm.key?.cel])).toEqual([
      ['first', 'event.cart_id'],
      [undefined, 'event.order_id'],
    ]);
  });

  it('an event may be a list, whose members share what stands beside it (Y4)', () => {
    const { goal, listensTo } = playbookOf(`playbook: p
trigger: { event: a }
goal: { event: [b, { event: c, where: event.x > 1 }], where: event.y > 2, within: 7d }
steps: [{ record: seen }]
`);
    expect(goal?.awaited).toMatchObject([
      { event: 'b', where: { cel: 'event.y > 2' } },
      { event: 'c', where: { cel: '(event.x > 1) && (event.y > 2)' } },
    ]);
    expect(listensTo).toEqual(['b', 'c']);
  });
});

describe('a step is told by one key (Y1)', () => {
  it('`id`, `if`, `on_error` and `retry` stand beside it in any order', () => {
    const { steps, program } = playbookOf(`playbook: p
trigger: { event: a }
steps:
  - retry: { attempts: 2, backoff: 1m }
    if: contact.stage == "new"
    record: seen
    id: seen
    on_error:
      - record: could not
`);
    expect(steps['steps.0']).toMatchObject({ kind: 'record', id: 'seen', if: { cel: 'contact.stage == "new"' } });
    expect(program.steps[0]).toMatchObject({ op: 'do', retry: { attempts: 2, backoffMs: 60_000 } });
    expect(Object.keys(steps)).toContain('steps.0.on_error.0');
    expect(steps['steps.0']?.reads).toEqual(['contact.stage']);
  });

  it('five attempts from ten seconds, then the end, unless said otherwise (S18)', () => {
    const { program } = playbookOf('playbook: p\ntrigger: { event: a }\nsteps: [{ record: seen }]\n');
    expect(program.steps[0]).toMatchObject({ retry: { attempts: 5, backoffMs: 10_000 }, onError: 'exit' });
  });

  it('`assign` and `notify` beside a task or an escalation are parts of it', () => {
    const { steps } = playbookOf(`playbook: p
subject: ticket
trigger: { event: ticket.created }
steps:
  - task: Look
    assign: kim
  - escalate: ticket
    to: hana
    notify: hana
  - notify: kim
    text: done
`);
    expect(Object.values(steps).map((step) => step.kind)).toEqual(['task', 'escalate', 'notify']);
  });

  it('what each step leans on is kept with it, templates included', () => {
    const { steps } = playbookOf(`playbook: p
trigger: { event: a }
steps:
  - if: since_start("call.logged", "mail.logged") >= 3
    then:
      - send: email
        template: cart-reminder
        class: marketing
`);
    expect(steps['steps.0']).toMatchObject({ reads: [], counts: ['call.logged', 'mail.logged'] });
    expect(steps['steps.0.then.0']?.reads).toContain('trigger.value');
  });
});

describe('what is well formed may still be wrong', () => {
  const send = (more: string, messageClass = 'marketing') =>
    `playbook: p\n${more}trigger: { event: a }\nsteps:\n  - { send: email, template: cart-reminder, class: ${messageClass} }\n`;

  it('marketing mail without a postal address (P3)', () => {
    const extra = [{ path: 'settings.yaml', text: 'sender: { name: Shop, from: a@shop.example }\n' }];
    expect(codes(compileOne(send(''), { extra }))).toEqual(['CB601']);
    expect(codes(compileOne(send('', 'transactional'), { extra }))).toEqual([]);
  });

  it('health data goes out with consent to a topic only (P3)', () => {
    expect(codes(compileOne(send('sensitive: health\ntopic: wellness\n')))).toEqual([]);
    expect(codes(compileOne(send('sensitive: health\n')))).toEqual(['CB603']);
  });

  it('a notification of health data shows no values (P3)', () => {
    const text =
      'playbook: p\nsensitive: health\ntrigger: { event: a }\nsteps:\n  - { notify: kim, text: "{{ contact.name }} called" }\n';
    expect(codes(compileOne(text))).toEqual(['CB607']);
  });

  it('business time needs a calendar, the playbook’s or the settings’', () => {
    const text = 'playbook: p\ntrigger: { event: a }\nsteps:\n  - wait: 2 business hours\n';
    const extra = [{ path: 'settings.yaml', text: 'time_zone: UTC\n' }];
    expect(compileOne(text).versions[0]?.playbook.calendar).toBe('office-eu');
    expect(codes(compileOne(text, { extra }))).toEqual(['CB505']);
    expect(codes(compileOne(`calendar: support-eu\n${text}`, { extra }))).toEqual([]);
  });

  it('entry asks for consent only where every effect is marketing (N1)', () => {
    expect(compileOne(send('')).versions[0]?.playbook.onlyMarketing).toBe(true);
    expect(compileOne(`${send('')}  - task: Call\n`).versions[0]?.playbook.onlyMarketing).toBe(false);
    expect(
      compileOne('playbook: p\ntrigger: { event: a }\nsteps: [{ wait: 1d }]\n').versions[0]?.playbook.onlyMarketing,
    ).toBe(false);
  });
});

describe('a diagnostic is one line for programs', () => {
  it('with code, severity, file, places, message and hint', () => {
    const { diagnostics } = compileOne('playbook: p\ntrigger: { event: a }\nsteps:\n  - sedn: email\n');
    expect(JSON.parse(diagnosticLine(diagnostics[0]!))).toEqual({
      code: 'CB206',
      severity: 'error',
      file: 'playbooks/p.yaml',
      line: 4,
      column: 5,
      endLine: 4,
      endColumn: 9,
      message: 'there is no step `sedn`',
      hint: 'did you mean `send`?',
    });
  });
});
