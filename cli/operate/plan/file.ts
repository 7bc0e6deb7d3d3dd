/** A plan as a file: written by `cuebook plan --out`, deployed by `cuebook deploy --plan`. */
import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { Failure, messageOf } from '../../failure.ts';
import type { Plan } from './plan.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** What a deployment goes by; the rest is for people and programs that read it. */
const schema = z.object({
  schema: z.literal(1),
  folder: z.string().min(1),
  from: hash,
  to: hash,
  enrolExisting: z.boolean(),
});

export type PlanToDeploy = z.infer<typeof schema>;

/** @throws Failure NOT_WRITTEN */
export async function writePlan(path: string, plan: Plan): Promise<void> {
  await writeFile(path, `${JSON.stringify(plan, null, 2)}\n`).catch((error: unknown) => {
    const hint = 'Name a file in a folder that exists and may be written.';
    throw new Failure('NOT_WRITTEN', `${path} could not be written: ${messageOf(error)}`, hint, { cause: error });
  });
}

/** @throws Failure PLAN_UNREADABLE for what is no plan */
export async function readPlan(path: string): Promise<PlanToDeploy> {
  const fail = (why: string) =>
    new Failure('PLAN_UNREADABLE', `${path} is no plan: ${why}`, 'Make one: `cuebook plan FOLDER --out FILE`.');
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fail(messageOf(error));
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw fail(messageOf(error));
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw fail(`/${issue!.path.join('/')}: ${issue!.message}`);
}
