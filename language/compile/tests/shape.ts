/** The shape of an entry of `tests:` (V2, V3). */
import { z } from 'zod';
import { REPORT_FIELDS, REPORT_LISTS } from '../../roots.ts';
import type { Registry } from '../../syntax.ts';

const open = z.record(z.string(), z.json());
/** A record, or its id alone where an earlier test described it. */
const record = z.union([z.string(), z.number(), open]);
/** What comes back of what a step asks outside. */
const answer = z
  .strictObject({
    answer: z.json().optional(),
    http_status: z.int().min(100).max(599).optional(),
    refused: z.string().min(1).max(100).optional(),
  })
  .refine((one) => Object.keys(one).length > 0, { error: 'write { answer: … }, or { refused: http-410 }' });
/** Figures as `report` has them: numbers, or null where nothing was counted; days; lists. */
const report = z.strictObject(
  Object.fromEntries(
    REPORT_FIELDS.map((field) => {
      const value = REPORT_LISTS.includes(field)
        ? z.array(open).max(1000)
        : z.union([z.number(), z.string(), z.null()]);
      return [field, value.optional()];
    }),
  ),
);
const eventName = z.string().min(1).max(200);

/** What a line of `expect` may say that came: an effect, by its step's key, or an outcome. */
export function expectedKinds({ steps }: Pick<Registry, 'steps'>): string[] {
  const effects = steps.flatMap(({ kind, effect }) => (effect ? [kind] : []));
  return [...new Set([...effects, 'outcome'])];
}

/** @param kinds from `expectedKinds` */
export function testShape(kinds: readonly string[]) {
  return z.strictObject({
    it: z.string().min(1).max(300),
    contact: record.optional(),
    account: record.optional(),
    deal: record.optional(),
    ticket: record.optional(),
    contacts: z.array(record).max(1000).optional(),
    accounts: z.array(record).max(1000).optional(),
    deals: z.array(record).max(1000).optional(),
    tickets: z.array(record).max(1000).optional(),
    people: z.array(z.unknown()).max(200).optional(),
    settings: z.record(z.string(), z.unknown()).optional(),
    start: z.string().optional(),
    until: z.string().optional(),
    holdout: z.enum(['in', 'out']).optional(),
    arms: z.record(z.string(), z.string()).optional(),
    report: report.optional(),
    answers: z.record(z.string(), z.union([answer, z.array(answer).min(1).max(1000)])).optional(),
    events: z.array(open).max(1000).optional(),
    expect: z.union([z.literal('nothing'), z.array(open).max(1000)]).optional(),
    expect_only: z
      .array(z.enum([...kinds, 'refused']))
      .min(1)
      .optional(),
    never: open.optional(),
    for_all: z
      .strictObject({
        events: z
          .array(z.union([eventName, open]))
          .min(1)
          .max(50),
        within: z.string(),
        at_most: z.int().min(1).max(50),
      })
      .optional(),
  });
}

export type WrittenTest = z.infer<ReturnType<typeof testShape>>;
