/** V2: a line of a test that does not say `refused` is not met by an effect that was refused. */
import { expect, it } from 'vitest';
import { playbooks } from '../backtest/support.ts';
import { cuebook } from './run-command.ts';

const greets = (line: string) => `trigger: { event: seen }
steps: [{ record: x }, { send: email, template: hello, class: transactional }]
tests:
  - it: greets
    contact: { id: ada }
    events: [{ at: 2026-03-02T10:00:00Z, event: seen }]
    expect_only: [send, refused]
    expect: [${line}]
`;

async function tested(line: string): Promise<string> {
  const template = '---\nsubject: Hello\n---\nHello.';
  const { stdout } = await cuebook('test', await playbooks({ greets: greets(line), 'templates/hello.txt': template }));
  return stdout;
}

it('a refused mail is no mail', async () => {
  expect(await tested('{ send: hello }')).toContain('✗ greets');
  expect(await tested('{ send: hello, refused: no_address }')).toContain('✓ greets');
});
