/** Quiet hours and send windows that leave no minute of the day are a fault of whoever sends marketing (P1). */
import { describe, expect, it } from 'vitest';
import { compileOne } from '../workspace.ts';

const SENDER = 'sender: { name: Shop, from: hello@shop.example, postal_address: "Weg 1, 10115 Berlin" }';
const playbook = (more = '', messageClass = 'marketing') => `playbook: p
${more}
trigger: { event: seen }
steps:
  - send: email
    template: hello
    class: ${messageClass}
`;

function faultsOf(text: string, settings: string): string[] {
  const extra = [
    { path: 'settings.yaml', text: `${settings}\n${SENDER}\n` },
    { path: 'templates/hello.txt', text: '---\nsubject: Hello\n---\nHello.' },
  ];
  return compileOne(text, { extra }).diagnostics.map(
    ({ file, line, column, code, severity, message }) => `${file}:${line}:${column} ${severity} ${code} ${message}`,
  );
}

describe('quiet hours and a send window without a common minute', () => {
  const settings = 'quiet_hours: "21:00-12:00"\nsend_window: { email: "09:00-11:00" }';

  it('are an error at the step that sends, in the words of both', () => {
    expect(faultsOf(playbook(), settings)).toEqual([
      'playbooks/p.yaml:5:11 error CB609 no minute of a day is outside of the quiet hours 21:00-12:00 and inside the send window 09:00-11:00 of email',
    ]);
  });

  it('are none for transactional mail, nor where the playbook has quiet hours of its own', () => {
    expect(faultsOf(playbook('', 'transactional'), settings)).toEqual([]);
    expect(faultsOf(playbook('quiet_hours: "21:00-10:00"'), settings)).toEqual([]);
  });

  it('are found where the playbook brings the quiet hours', () => {
    expect(faultsOf(playbook('quiet_hours: "08:00-11:00"'), 'send_window: { email: "09:00-11:00" }')[0]).toContain(
      'CB609',
    );
    expect(faultsOf(playbook('quiet_hours: "08:00-10:59"'), 'send_window: { email: "09:00-11:00" }')).toEqual([]);
  });
});
