/** P3: what stops mails to an address, from what people write: the events of a playbook's test. */
import { expect, it } from 'vitest';
import { registry } from '../../../evaluation/registry.ts';
import { compileWorkspace } from '../../../language/compile.ts';
import { runTest } from '../../../simulate/tests/playbook-tests.ts';

const SETTINGS = `sender: { name: Shop, from: hello@shop.example, postal_address: "Shop GmbH, Weg 1, 10115 Berlin" }\n`;
const TEMPLATE = '---\nsubject: Hello\n---\nHello.\n';

/** What becomes of a mail to Ada at noon after an event about her, or about another contact with her address. */
function after(event: string, options: { class?: string; about?: string } = {}): string {
  const text = `playbook: p
trigger: { event: seen }
steps:
  - record: came
  - { send: email, template: hello, class: ${options.class ?? 'marketing'} }
tests:
  - it: x
    contacts:
      - { id: ada, email: ada@x.example, consent: { marketing: true } }
      - { id: twin, email: " ADA@X.example" }
      - { id: other, email: other@x.example }
    events:
${event
  .split(';')
  .map((one, n) => `      - { at: 2026-03-02T0${6 + n}:00:00Z, userId: ${options.about ?? 'ada'}, ${one} }`)
  .join('\n')}
      - { at: 2026-03-02T12:00:00Z, userId: ada, event: seen }
    expect_only: [send, refused]
    expect: [{ send: hello }]
`;
  const files = [
    { path: 'settings.yaml', text: SETTINGS },
    { path: 'templates/hello.txt', text: TEMPLATE },
    { path: 'p.yaml', text },
  ];
  const { versions, tests, workspace, diagnostics } = compileWorkspace(files, registry);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const { came, refused } = runTest(versions[0]!, tests.get('p')![0]!, workspace.people);
  return refused.length > 0 ? refused[0]!.message : (came.find(({ kind }) => kind === 'send')?.refused ?? 'sent');
}

it('an unsubscribing stops marketing alone, until it is taken back', () => {
  expect(after('event: email.opened')).toBe('sent');
  expect(after('event: email.unsubscribed')).toBe('suppressed');
  expect(after('event: email.unsubscribed', { class: 'transactional' })).toBe('sent');
  expect(after('event: email.unsubscribed; event: email.resubscribed')).toBe('sent');
});

it('a bounce and a complaint stop everything to the customer; a bounce that passes stops nothing', () => {
  for (const name of ['email.bounced', 'email.complained']) {
    expect(after(`event: ${name}`, { class: 'transactional' })).toBe('suppressed');
    // Whoever bounced and unsubscribed has bounced.
    expect(after(`event: ${name}; event: email.unsubscribed`, { class: 'transactional' })).toBe('suppressed');
    expect(after(`event: ${name}; event: email.resubscribed`)).toBe('suppressed');
  }
  expect(after('event: email.bounced, type: soft')).toBe('sent');
});

it('they hold for the address, in whatever letters, and for nobody else', () => {
  expect(after('event: email.unsubscribed', { about: 'twin' })).toBe('suppressed');
  expect(after('event: email.bounced', { about: 'twin', class: 'transactional' })).toBe('suppressed');
  expect(after('event: email.bounced', { about: 'other' })).toBe('sent');
});

it('a bounce holds for the address that came back, and for no other', () => {
  const options = { class: 'transactional' };
  const corrected = 'identify: { email: ada.new@x.example }';
  expect(after(`event: email.bounced; ${corrected}`, options)).toBe('sent');
  expect(after(`event: email.bounced; ${corrected}; event: email.bounced`, options)).toBe('suppressed');
  // Back at the address that is known to be none, and somebody else at the address of whoever has another by now.
  const back = 'identify: { email: ADA@x.example }';
  expect(after(`event: email.bounced; ${corrected}; event: email.bounced; ${back}`, options)).toBe('suppressed');
  expect(after(`event: email.bounced; ${corrected}`, { ...options, about: 'twin' })).toBe('suppressed');
  // What a person has said stays with the person.
  expect(after(`event: email.unsubscribed; ${corrected}`)).toBe('suppressed');
  expect(after(`event: email.complained; ${corrected}`, options)).toBe('suppressed');
});

it('data cannot undo them', () => {
  expect(after('identify: { suppression: null }')).toMatch(/^What stops mails to a contact is no trait/);
});
