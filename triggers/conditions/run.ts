/** T20: nothing of its own: other playbooks run it (S13). */
import { z } from 'zod';
import type { Condition } from '../condition.ts';

const schema = z.strictObject({ run: z.literal('only') });

export const condition: Condition<never> = {
  kind: 'run',
  keys: ['run'],
  schema,
  byTime: false,
  keyless: {},
  compile: () => ({ roles: {}, windows: {}, values: {}, config: null }),
  describe: () => 'run by other playbooks only',
  lacks: () => ['it never fires by itself: a step of another playbook starts it'],
  example: 'trigger: { run: only }',
};
