/** `cuebook new playbook`, and what `start` offers: from a playbook that ships to one of one's own that lints and passes. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { offerShipped } from '../../cli/playbooks/begin/offer.ts';
import { playbooksAmong, shippedFiles } from '../../cli/playbooks/begin/shipped.ts';
import { captured, cuebook } from '../cli/run-command.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

const shipped = playbooksAmong(await shippedFiles()).map(({ name }) => name);
let playbooks: string;
beforeEach(async () => {
  playbooks = join(await makeTempFolder(), 'playbooks');
  vi.stubEnv('CUEBOOK_PLAYBOOKS', playbooks);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

async function isWhole(): Promise<void> {
  const linted = await cuebook('lint');
  expect(linted.stdout).toContain('; 0 errors');
  expect(linted.code).toBe(0);
  const tested = await cuebook('test');
  expect(tested.stdout).toMatch(/[1-9]\d* passed, 0 failed\n$/);
}

describe('new playbook', () => {
  it.each(shipped)(
    'from %s lints and passes at once, under its own name',
    async (from) => {
      const made = await cuebook('new', 'playbook', 'our-own', '--from', from);
      expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 0, stderr: '' });
      expect(await readFile(join(playbooks, 'our-own.yaml'), 'utf8')).toMatch(/^playbook: our-own$/m);
      await isWhole();
    },
    60_000,
  );

  it('takes what is there as it is, and only what is missing beside', async () => {
    await cuebook('new', 'playbook', 'first', '--from', 'cart-abandoned');
    const settings = await readFile(join(playbooks, 'settings.yaml'), 'utf8');
    const { stdout } = await cuebook('new', 'playbook', 'second', '--from', 'cart-abandoned');
    expect(stdout.split('\n').filter((line) => line.startsWith('  '))).toHaveLength(1);
    expect(await readFile(join(playbooks, 'settings.yaml'), 'utf8')).toBe(settings);
    await isWhole();
  }, 60_000);

  it('gives a template another name where the folder has one of that name with another text', async () => {
    await mkdir(join(playbooks, 'templates'), { recursive: true });
    const other = '---\nsubject: Ours\n---\nOurs\n';
    await writeFile(join(playbooks, 'templates/cart-reminder.txt'), other);
    await cuebook('new', 'playbook', 'basket', '--from', 'cart-abandoned');
    expect(await readFile(join(playbooks, 'templates/cart-reminder.txt'), 'utf8')).toBe(other);
    expect(await readFile(join(playbooks, 'basket.yaml'), 'utf8')).toContain('template: basket-cart-reminder');
    await isWhole();
  }, 60_000);

  it('overwrites nothing, and says what is wrong with what was asked', async () => {
    await mkdir(playbooks);
    await writeFile(join(playbooks, 'ours.yml'), 'mine');
    expect((await cuebook('new', 'playbook', 'ours', '--from', 'cart-abandoned')).stderr).toContain('FILE_EXISTS');
    expect(await readFile(join(playbooks, 'ours.yml'), 'utf8')).toBe('mine');
    expect((await cuebook('new', 'playbook', 'Ours!', '--from', 'cart-abandoned')).stderr).toContain('WRONG_USE');
    expect((await cuebook('new', 'playbook', 'x', '--from', 'cart-abandonned')).stderr).toContain(
      'did you mean `cart-abandoned`?',
    );
    const nobody = await cuebook('new', 'playbook', 'x');
    expect(nobody.code).toBe(2);
    expect(nobody.stderr).toContain(`with one of: ${shipped.join(', ')}`);
  });
});

describe('start without a playbook', () => {
  it('says that there are some where nobody can be asked, and copies nothing', async () => {
    const { stderr } = await captured(() => offerShipped(playbooks, {}));
    expect(stderr).toContain('With --yes those that ship are copied there: cart-abandoned');
    await expect(readFile(join(playbooks, 'cart-abandoned.yaml'))).rejects.toThrow('ENOENT');
  });

  it('copies them with --yes, leaves what is there, and offers nothing where a playbook is', async () => {
    await mkdir(playbooks);
    await writeFile(
      join(playbooks, 'settings.yaml'),
      'time_zone: UTC\ncalendar: office-eu\nsender: { name: Us, from: us@example.com, postal_address: Here }\n',
    );
    const { stderr } = await captured(() => offerShipped(playbooks, { yes: true }));
    expect(stderr).toContain(`${shipped.length} playbooks`);
    expect(await readFile(join(playbooks, 'settings.yaml'), 'utf8')).toContain('us@example.com');
    expect((await cuebook('lint')).stdout).toContain(`${shipped.length} playbooks compile; 0 errors`);
    expect((await captured(() => offerShipped(playbooks, { yes: true }))).stderr).toBe('');
  });
});
