/** `preview` where there is no store: values of a test, or those that are given. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cuebook, jsonLines } from '../cli/run-command.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

const LATE = `playbook: late-answer
subject: ticket
trigger: { event: ticket.escalated }
steps:
  - send: email
    template: sorry
    class: transactional
tests:
  - it: asks for patience
    ticket: { id: t1, contactId: ada, topic: a broken lamp }
    contact: { id: ada, name: Ada, email: ada@example.com }
    events: [{ at: "2026-03-02T10:00:00Z", event: ticket.escalated, by: kim }]
    expect: [{ at: "2026-03-02T10:00:00Z", send: sorry }]
`;
const SORRY = `---
subject: About {{ ticket.topic }}
---
<p>Dear {{ contact.name }}, {{ trigger.by }} <b>looks after it</b>.</p>
`;
let folder: string;

beforeEach(async () => {
  folder = await makeTempFolder();
  await mkdir(join(folder, 'templates'));
  await writeFile(join(folder, 'late-answer.yaml'), LATE);
  await writeFile(join(folder, 'templates/sorry.html'), SORRY);
  await writeFile(join(folder, 'settings.yaml'), 'time_zone: UTC\nsender: { name: Us, from: us@example.com }\n');
  vi.stubEnv('CUEBOOK_PLAYBOOKS', folder);
  vi.stubEnv('DATABASE_URL', '');
  vi.stubEnv('TMPDIR', folder);
  vi.stubEnv('CUEBOOK_DATA_DIR', join(folder, 'no-data'));
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const given = async (text: string) => {
  await writeFile(join(folder, 'values.txt'), text);
  return join(folder, 'values.txt');
};

describe('preview', () => {
  it('shows head and text with the values of the test that sends the template, and makes no data folder', async () => {
    const { code, stdout, stderr } = await cuebook('preview', 'sorry');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^From: +Us <us@example\.com>$/m);
    expect(stdout).toMatch(/^To: +Ada <ada@example\.com>$/m);
    expect(stdout).toMatch(/^Subject: +About a broken lamp$/m);
    expect(stdout).toMatch(/^X-Cuebook-Playbook: +late-answer$/m);
    expect(stdout).toMatch(/^Date: +Mon, 02 Mar 2026 10:00:00 \+0000$/m);
    expect(stdout).toContain('Dear Ada, kim looks after it.');
    expect(stderr).toContain('late-answer at steps.0; with the values of the test “asks for patience”');
    expect(existsSync(join(folder, 'no-data'))).toBe(false);
  });

  it('says which places of the mail stay empty (S20)', async () => {
    await writeFile(join(folder, 'late-answer.yaml'), LATE.replace('name: Ada, ', ''));
    const { stderr } = await cuebook('preview', 'sorry');
    expect(stderr).toContain('Nothing stands in place of contact.name');
    expect(jsonLines((await cuebook('preview', 'sorry', '--json')).stdout)[0]).toMatchObject({
      empty: ['contact.name'],
    });
  });

  it('lets values of a file stand over those of the test', async () => {
    const file = await given('contact: { name: Zoe <3, email: zoe@example.com }\ntrigger: { by: lee }\n');
    const [mail] = jsonLines((await cuebook('preview', 'sorry', '--with', file, '--json')).stdout);
    expect(mail).toMatchObject({ to: { name: 'Zoe <3', address: 'zoe@example.com' }, subject: 'About a broken lamp' });
    expect(mail!.html).toContain('Dear Zoe &lt;3, lee <b>');
    expect((await cuebook('preview', join(folder, 'templates/sorry.html'), '--text', '--with', file)).stdout).toBe(
      'Dear Zoe <3, lee looks after it.\n',
    );
  });

  it('shows a template that no playbook sends yet with what is given, and says that it needs it', async () => {
    await writeFile(join(folder, 'templates/new.txt'), '---\nsubject: Hello {{ contact.name }}\n---\nHello\n');
    const without = await cuebook('preview', 'new');
    expect(without.code).toBe(2);
    expect(without.stderr).toContain('NO_VALUES');
    const file = await given('contact: { name: Ada, email: ada@example.com }');
    const shown = await cuebook('preview', 'new', '--with', file);
    expect(shown.stdout).toMatch(/^Subject: +Hello Ada$/m);
    expect(shown.stderr).toContain('no playbook yet');
  });

  it('says faults as lint does, and shows nothing', async () => {
    await writeFile(join(folder, 'templates/sorry.html'), SORRY.replace('contact.name', 'contct.name'));
    const { code, stdout } = await cuebook('preview', 'sorry');
    expect(code).toBe(1);
    expect(stdout).toContain('sorry.html:4:12 error CB406 unknown name "contct.name"');
    expect(stdout).not.toContain('Subject:');
  });

  it('says what is wrong with values, with their place', async () => {
    const { code, stdout } = await cuebook('preview', 'sorry', '--with', await given('contact: {}\ncontct: {}\n'));
    expect(code).toBe(1);
    expect(stdout).toMatch(/values\.txt:2:1 error CB201 unknown key `contct`/);
  });

  it('guesses what template and what playbook were meant', async () => {
    expect((await cuebook('preview', 'sory')).stderr).toContain('did you mean `sorry`?');
    expect((await cuebook('preview', 'sorry', '--playbook', 'late-answr')).stderr).toContain(
      'did you mean `late-answer`?',
    );
  });

  it('says that nobody would get it where there is no address', async () => {
    const { code, stderr } = await cuebook('preview', 'sorry', '--with', await given('contact: { email: nowhere }'));
    expect(code).toBe(1);
    expect(stderr).toContain('NO_READER');
  });

  it('opens the HTML part in the browser, or says where it lies', async () => {
    const browser = join(folder, 'browser.sh');
    await writeFile(browser, `#!/bin/sh\ncp "$1" ${join(folder, 'seen.html')}\n`, { mode: 0o755 });
    vi.stubEnv('BROWSER', browser);
    const opened = await cuebook('preview', 'sorry', '--open');
    expect(opened.stderr).toMatch(/Opened .+sorry\.html/);
    expect(await readFile(join(folder, 'seen.html'), 'utf8')).toContain('Dear Ada, kim <b>');
    vi.stubEnv('BROWSER', join(folder, 'none'));
    expect((await cuebook('preview', 'sorry', '--open')).stderr).toMatch(/No browser could be opened.*sorry\.html/);
  });
});
