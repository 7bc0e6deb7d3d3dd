/** `lint`, `test` and `schema`: what people run while they write a playbook. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SCHEMA_KINDS } from '../../language/compile/files/file-kinds.ts';
import { makeTempFolder } from '../support/temp-folder.ts';
import { cuebook, jsonLines } from './run-command.ts';

const PLAYBOOK = `playbook: hello
trigger: { event: lead.created }
steps:
  - record: seen
tests:
  - it: sees a lead
    contact: { id: ada }
    events: [{ at: 2026-03-02T10:00:00Z, event: lead.created }]
    expect:
      - { at: 2026-03-02T10:00:00Z, record: seen }
      - { at: 2026-03-02T10:00:00Z, outcome: completed }
`;

async function folderWith(files: { [path: string]: string }): Promise<string> {
  const folder = await makeTempFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

describe('lint shows every fault at once', () => {
  it('says that the shipped playbooks have none, and ends with 0', async () => {
    const { code, stdout } = await cuebook('lint');
    expect(stdout).toMatch(/^\d+ playbooks compile; 0 errors, 0 warnings\n$/);
    expect(code).toBe(0);
  });

  it('shows the place, the line, a caret and what to write, and ends with 1', async () => {
    const { code, stdout } = await cuebook('lint', 'playbooks/invalid/unknown-person.yaml');
    expect(stdout).toContain('playbooks/invalid/unknown-person.yaml:6:13 error CB502');
    expect(stdout).toMatch(/^ {6}assign: kimm\n {14}\^{4}\n {2}did you mean `kim`\?$/m);
    expect(stdout).toContain('1 error, 0 warnings');
    expect(code).toBe(1);
  });

  it('gives programs one object a line, and nothing else', async () => {
    const { stdout } = await cuebook('lint', 'playbooks/invalid', '--json');
    const lines = jsonLines(stdout);
    expect(lines.length).toBeGreaterThan(30);
    for (const line of lines) {
      expect(line).toMatchObject({
        code: expect.stringMatching(/^CB\d{3}$/),
        severity: expect.stringMatching(/^(error|warning)$/),
        line: expect.any(Number),
      });
      expect(line.file).toMatch(/^playbooks\/invalid\//);
    }
  });

  it('asked about one file, says nothing of the others, and still knows what they give', async () => {
    const folder = await folderWith({
      'hello.yaml': PLAYBOOK.replace('record: seen', 'send: email\n    template: hi\n    class: internal').replace(
        'record: seen }',
        'send: hi }',
      ),
      'templates/hi.txt': '---\nsubject: Hi\n---\nHello\n',
      'broken.yaml': 'playbook: broken\n',
    });
    const { stdout } = await cuebook('lint', join(folder, 'hello.yaml'), '--json');
    expect(jsonLines(stdout)).toEqual([]);
    expect((await cuebook('lint', folder)).code).toBe(1);
  });

  it('asked about one file, tells the faults of what it leans on, once and where they are', async () => {
    const folder = await folderWith({
      'hello.yaml': PLAYBOOK.replace(
        'record: seen',
        'send: email\n    template: hi\n    class: internal\n  - send: email\n    template: layout\n    class: internal\n  - task: Call\n    assign: sam',
      ),
      'templates/hi.txt': '---\nsubject: Hi\n---\nHello {{ contact.name }\n',
      'templates/layout.mjml':
        '---\nsubject: Hi\n---\n<mjml><mj-body><mj-section><mj-oops /></mj-section></mj-body></mjml>\n',
      'templates/other.txt': '---\nsubject: Hi\n---\n{{ nobody.asks }}\n',
      'people/sam.yaml': 'person: sam\naway: yes\n',
    });
    const { stdout } = await cuebook('lint', join(folder, 'hello.yaml'), '--json');
    const told = jsonLines(stdout).map(({ code, file }) => `${code} ${String(file).split('/').slice(-2).join('/')}`);
    expect(told).toEqual(['CB202 people/sam.yaml', 'CB405 templates/hi.txt', 'CB410 templates/layout.mjml']);
  });

  it('also shows what MJML refuses in a template', async () => {
    const folder = await folderWith({
      'hello.yaml': PLAYBOOK,
      'templates/hi.mjml':
        '---\nsubject: Hi\n---\n<mjml><mj-body><mj-section><mj-oops /></mj-section></mj-body></mjml>\n',
    });
    const { stdout } = await cuebook('lint', folder, '--json');
    expect(jsonLines(stdout)).toMatchObject([{ code: 'CB410', line: 4 }]);
  });

  it('says what to do about a path at which nothing lies', async () => {
    const { code, stderr } = await cuebook('lint', 'nowhere');
    expect(code).toBe(2);
    expect(stderr).toMatch(/NO_SUCH_PATH: There is no file or folder nowhere\.\nhint: Give a folder/);
    const empty = await cuebook('lint', await makeTempFolder());
    expect(empty.stderr).toContain('NO_PLAYBOOKS');
  });
});

describe('test runs the tests that stand in playbooks (V2)', () => {
  it('passes those that ship', async () => {
    const { code, stdout } = await cuebook('test');
    expect(stdout).toMatch(/\n\d+ passed, 0 failed\n$/);
    expect(code).toBe(0);
  });

  it('shows what was expected and what came, and ends with 1', async () => {
    const folder = await folderWith({ 'hello.yaml': PLAYBOOK.replace('record: seen }', 'record: heard }') });
    const { code, stdout } = await cuebook('test', folder);
    expect(stdout).toMatch(/✗ sees a lead {2}\S*hello\.yaml:6/);
    expect(stdout).toMatch(/line 10: did not come:\n +- \{ at: 2026-03-02T10:00:00Z, record: heard \}/);
    expect(stdout).toMatch(/no line expects it:\n +- \{ at: 2026-03-02T10:00:00Z, record: seen \}/);
    expect(stdout).toMatch(/0 passed, 1 failed\n$/);
    expect(code).toBe(1);
  });

  it('shows an event that is not taken with its place and the reason, and runs the other tests', async () => {
    const refused = '{ at: 2026-03-02T10:00:00Z, event: lead.created, ticketId: t1, ticket: { id: t2 } }';
    const other = PLAYBOOK.slice(PLAYBOOK.indexOf('  - it:')).replace('sees a lead', 'sees two tickets');
    const text = PLAYBOOK + other.replace(/\{ at: \S+ event: lead.created \}/, refused);
    const folder = await folderWith({ 'hello.yaml': text });
    const { code, stdout } = await cuebook('test', folder);
    expect(stdout).toMatch(/✗ sees two tickets {2}\S*hello\.yaml:12/);
    expect(stdout).toMatch(
      / {6}\S*hello\.yaml:14 conflicting_ids at \/properties\/ticket\/id: An event names one ticket: .* Send one of the two\./,
    );
    expect(stdout).toMatch(/1 passed, 1 failed\n$/);
    expect(code).toBe(1);
    const { stdout: json } = await cuebook('test', folder, '--json');
    expect(jsonLines(json)[1]).toMatchObject({ passed: false, refused: [{ line: 14, code: 'conflicting_ids' }] });
  });

  it('takes one playbook among the templates of its folder, and one test by its name', async () => {
    const folder = await makeTempFolder();
    await cp('playbooks', folder, { recursive: true });
    const one = await cuebook('test', join(folder, 'cart-abandoned.yaml'), '--json', '--only', 'deleted');
    const [test, summary] = jsonLines(one.stdout);
    expect(test).toMatchObject({
      type: 'test',
      playbook: 'cart-abandoned',
      it: 'forgets a shopper who was deleted',
      passed: true,
    });
    expect(summary).toEqual({ type: 'summary', passed: 1, failed: 0, errors: 0, notRun: 0 });
  });

  it('does not pass over a playbook that cannot be read', async () => {
    const folder = await folderWith({ 'hello.yaml': PLAYBOOK, 'broken.yaml': 'playbook: broken\n' });
    const { code, stdout } = await cuebook('test', folder);
    expect(stdout).toContain('broken.yaml:1:1 error CB203');
    expect(code).toBe(1);
  });

  it('says that no test has that name, instead of passing', async () => {
    const { code, stderr } = await cuebook('test', '--only', 'no such name');
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('NO_SUCH_TEST') });
  });
});

describe('schema is for editors', () => {
  it('writes the schema that is documented', async () => {
    const file = join(await makeTempFolder(), 'playbook.schema.json');
    await cuebook('schema', '--out', file);
    const written = await readFile(file, 'utf8');
    expect(written).toBe((await cuebook('schema')).stdout);
    expect(written).toBe(await readFile('docs/reference/playbook.schema.json', 'utf8'));
  });

  it('prints that of every other kind of file, and names the kinds when asked for another', async () => {
    for (const kind of SCHEMA_KINDS.filter((one) => one !== 'playbooks')) {
      const { stdout } = await cuebook('schema', kind);
      expect(stdout, kind).toBe(await readFile(`docs/reference/${kind}.schema.json`, 'utf8'));
    }
    const { code, stderr } = await cuebook('schema', 'calender');
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(SCHEMA_KINDS.join(', ')) });
  });
});
