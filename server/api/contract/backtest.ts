/** `POST /api/playbooks/{playbook}/draft/backtest`: a backtest of these texts over the stored events, told a line of JSON at a time. */
import { z } from 'zod';
import { playbookName } from './common.ts';
import { draftFiles } from './editing.ts';
import { endpoint } from './endpoint.ts';

const backtestAsked = z.strictObject({ files: draftFiles, days: z.int().min(1).max(366).default(30) });

const counts = z.array(z.object({ what: z.string(), count: z.int() }));

/** One line: how far it is, or what has come so far; the last has `isDone`, or says what is wrong. */
export const backtestTold = z.object({
  progress: z.string().optional(),
  found: z
    .object({
      events: z.int(),
      /** Each day of the time asked for, in UTC. */
      days: z.array(z.object({ day: z.iso.date(), firings: z.int() })),
      playbooks: z.array(
        z.object({
          playbook: z.string(),
          firings: z.int(),
          enrolled: z.int(),
          refused: counts,
          effects: counts,
          refusedEffects: counts,
          outcomes: counts,
        }),
      ),
      /** What came near, and did not fire, and by what. */
      missed: z.array(z.object({ playbook: z.string(), by: z.string(), count: z.int() })),
    })
    .optional(),
  isDone: z.boolean().optional(),
  problem: z.object({ code: z.string(), detail: z.string() }).optional(),
});
export type BacktestTold = z.infer<typeof backtestTold>;

export const backtestDraft = endpoint({
  method: 'POST',
  path: '/api/playbooks/{playbook}/draft/backtest',
  role: 'author',
  summary: 'What these texts would have done by the events of the last days; nothing is saved.',
  params: z.object({ playbook: playbookName }),
  body: backtestAsked,
  answer: backtestTold,
  maxBytes: 2 * 1024 * 1024,
  streams: true,
});
