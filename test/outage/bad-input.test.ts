/** What people get wrong, and what they are told: by the command as a process, and by HTTP. */
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../structure/sources.ts';
import { type System, startSystem } from '../support/system.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

/** `cuebook lint` over a folder with these files. */
async function lint(files: { [path: string]: string[] }): Promise<{ code: number | null; said: string }> {
  const folder = join(await makeTempFolder(), 'playbooks');
  for (const [path, lines] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), `${lines.join('\n')}\n`);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'dist/cli/main.js'), 'lint', folder], {
    encoding: 'utf8',
    cwd: dirname(folder),
  });
  expect(stderr).toBe('');
  return { code: status, said: stdout };
}

const playbook = (name: string, ...lines: string[]) => [`playbook: ${name}`, 'owner: lifecycle@shop.example', ...lines];

describe('a playbook with a fault is shown where, what, and what to do', { timeout: 60_000 }, () => {
  it('one that cannot be parsed', async () => {
    const { code, said } = await lint({
      'cart.yaml': playbook('cart', 'trigger: { event: cart.updated', 'steps:', '  - record: done'),
    });
    expect(code).toBe(1);
    expect(said).toContain('playbooks/cart.yaml:3:10 error CB101 this `{` is not closed');
    expect(said).toContain('close it with }');
    expect(said).toContain('0 playbooks compile; 1 error, 0 warnings');
  });

  it('a step that there is not', async () => {
    const { code, said } = await lint({
      'cart.yaml': playbook('cart', 'trigger: { event: cart.updated }', 'steps:', '  - sned: email'),
    });
    expect(code).toBe(1);
    expect(said).toContain('playbooks/cart.yaml:5:5 error CB206 there is no step `sned`');
    expect(said).toContain('did you mean `send`?');
  });

  it('an expression with a name that nobody knows', async () => {
    const { code, said } = await lint({
      'cart.yaml': playbook(
        'cart',
        'trigger:',
        '  event: cart.updated',
        '  where: contcat.country == "DE"',
        'steps:',
        '  - record: done',
      ),
    });
    expect(code).toBe(1);
    expect(said).toContain('playbooks/cart.yaml:5:10 error CB302 `contcat` is not known here');
    expect(said).toContain('did you mean `contact`?');
  });

  const sends = (...more: string[]) =>
    playbook(
      'cart',
      'trigger: { event: cart.updated }',
      'steps:',
      '  - send: email',
      '    template: hello',
      '    class: transactional',
      ...more,
    );
  const hello = (text: string) => ['---', 'subject: Hello', '---', text];

  it('a template that reads a name which nobody knows', async () => {
    const files = { 'cart.yaml': sends(), 'templates/hello.txt': hello('Hello {{ contcat.name }}') };
    const { code, said } = await lint(files);
    expect(code).toBe(1);
    expect(said).toContain('playbooks/templates/hello.txt:4:10 error CB406 unknown name "contcat.name"');
    expect(said).toContain('did you mean `contact`?');
  });

  it('a template that misses a value which the step does not give (S1)', async () => {
    const template = hello('{{ with.coupon }} is yours');
    const { code, said } = await lint({ 'cart.yaml': sends(), 'templates/hello.txt': template });
    expect(code).toBe(1);
    expect(said).toContain(
      'playbooks/cart.yaml:6:15 error CB302 template `hello` reads `with.coupon`, and this step does not give it',
    );
    expect(said).toContain('write with: { coupon: … } next to the template');
    const slip = await lint({ 'cart.yaml': sends('    with: { coupn: A1 }'), 'templates/hello.txt': template });
    expect(slip.said).toContain('write with: { coupon: … } next to the template; it gives `coupn`');
    const given = await lint({ 'cart.yaml': sends('    with: { coupon: A1 }'), 'templates/hello.txt': template });
    expect(given).toMatchObject({ code: 0, said: expect.stringContaining('1 playbook compiles') });
  });
});

describe('a request that is wrong is refused with a reason', { timeout: 60_000 }, () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ clock: { mode: 'real' } });
  }, 90_000);
  afterAll(() => system.stop());

  const post = (route: string, body: string) =>
    fetch(`${system.baseUrl}/v1/${route}`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${system.writeKey}:`)}`, 'content-type': 'application/json' },
      body,
    });
  const stored = async () => (await system.database.pool.query('SELECT message_id FROM events ORDER BY arrival')).rows;

  it('2 MB are too much: 413, and what is allowed', async () => {
    const call = { userId: 'ada', event: 'note.written', properties: { text: 'x'.repeat(2_000_000) } };
    const response = await post('track', JSON.stringify(call));
    expect(response.status).toBe(413);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const body = (await response.json()) as { code: string; detail: string };
    expect(body.code).toBe('too_large');
    expect(body.detail).toContain('more than 512000 bytes; send the events in smaller batches');
    expect(await stored()).toEqual([]);
  });

  it('one bad event of ten: the nine are kept, the one is named', async () => {
    const batch = Array.from({ length: 10 }, (_, n) => ({
      type: 'track',
      messageId: `m${n}`,
      event: 'page.seen',
      ...(n !== 4 && { userId: 'ada' }),
    }));
    const response = await post('batch', JSON.stringify({ batch }));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      accepted: 9,
      refused: [{ index: 4, messageId: 'm4', code: 'no_subject', pointer: '/batch/4' }],
    });
    expect(await stored()).toHaveLength(9);
  });
});
