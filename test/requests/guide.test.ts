/** The activity that the engineers' guide shows is one, and does what the guide says. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ActivityContext, AnyActivity } from '../../activities/calls/activity.ts';
import { loadActivities } from '../../activities/calls/load.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

async function shown(): Promise<AnyActivity> {
  const guide = await readFile(new URL('../../docs/guide-engineers.md', import.meta.url), 'utf8');
  const [, text] = /```ts\n([\s\S]*?name: 'look-up-company'[\s\S]*?)```/.exec(guide)!;
  const folder = join(await makeTempFolder(), 'activities');
  await mkdir(folder);
  await writeFile(join(folder, 'look-up-company.ts'), text!);
  return (await loadActivities(folder, new Map())).get('look-up-company')!;
}

const stopped = (said: string) => () => {
  throw new Error(said);
};

function contextOf(status: number, asked: unknown[]): ActivityContext {
  const context: Partial<ActivityContext> = {
    fetch: async (url, options) => {
      asked.push([url, options?.headers]);
      return new Response(status === 204 ? null : '{"name":"Acme GmbH"}', { status });
    },
    secret: (name) => `the value of ${name}`,
    refuse: stopped('refused'),
    later: stopped('later'),
  };
  return context as ActivityContext;
}

it('the activity of the guide asks its register, and says no or not now as it does', async () => {
  const activity = await shown();
  const asked: unknown[] = [];
  expect(await activity.run({ number: 'DE123456789' }, contextOf(200, asked))).toEqual({ name: 'Acme GmbH' });
  expect(asked).toEqual([
    ['https://register.example/companies/DE123456789', { authorization: 'Bearer the value of REGISTER_TOKEN' }],
  ]);
  await expect(activity.run({ number: 'DE1' }, contextOf(404, []))).rejects.toThrow('refused');
  await expect(activity.run({ number: 'DE1' }, contextOf(503, []))).rejects.toThrow('later');
  expect(activity.with.safeParse({ number: 'de 1' }).success).toBe(false);
});
