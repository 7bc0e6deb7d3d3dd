/** The shape of an entry of `tests:` (V2, V3). */
import { z } from 'zod';

const open = z.record(z.string(), z.json());
/** A record, or its id alone where an earlier test described it. */
const record = z.union([z.string(), z.number(), open]);
const eventName = z.string().min(1).max(200);

export const EXPECTED_KINDS = [
  'send',
  'task',
  'notify',
  'escalate',
  'assign',
  'update',
  'record',
  'webhook',
  'approve',
  'do',
  'outcome',
] as const;

export const testShape = z.strictObject({
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
  events: z.array(open).max(1000).optional(),
  expect: z.union([z.literal('nothing'), z.array(open).max(1000)]).optional(),
  expect_only: z
    .array(z.enum([...EXPECTED_KINDS, 'refused']))
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

export type WrittenTest = z.infer<typeof testShape>;
