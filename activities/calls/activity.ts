/**
 * A custom activity (S17): what one file of `activities/` exports, and what it is given when it runs. Its file needs no
 * imports: it is called with these tools.
 */
import type { Logger } from 'pino';
import { z } from 'zod';
import type { ActivitySyntax } from '../../language/syntax.ts';

export interface Activity<Given extends z.ZodObject = z.ZodObject, Answer extends z.ZodType = z.ZodType>
  extends ActivitySyntax {
  with: Given;
  answer: Answer;
  /** Until its attempt counts as failed; at most 20,000, by default 10,000. Real milliseconds. */
  timeoutMs?: number;
  /**
   * What it does, with its values checked.
   *
   * @throws whatever it likes: a failed attempt, which S18 repeats
   */
  run(given: z.output<Given>, context: ActivityContext): Promise<z.input<Answer>> | z.input<Answer>;
}

export interface ActivityContext {
  /** The same at each try: services that know such keys tell a repetition by it. */
  idempotencyKey: string;
  /** Given once its time is over; `fetch` knows it. */
  signal: AbortSignal;
  /** As the `fetch` of the web, over hosts that S10 lets through; answers of at most 1 MB, no redirects. */
  fetch(url: string, options?: FetchOptions): Promise<Response>;
  /** Greppable terms, no personal data. */
  log: Pick<Logger, 'info' | 'warn'>;
  /** A variable of the environment, with a secret of the service. Without it the call waits as P5 says. */
  secret(name: string): string;
  /** The service says no, for good: the step is refused with this reason, and the journey goes on. */
  refuse(reason: string): never;
  /** The service has no time: the call waits, and is made again (P5). */
  later(reason: string): never;
}

export interface FetchOptions {
  method?: string;
  headers?: { [name: string]: string };
  body?: string;
}

/** What an activity's file is called with. */
export interface ActivityTools {
  /** Zod, for the shapes of what it is given and of what it answers. */
  z: typeof z;
  /** The definition as it is, with the types of its shapes. */
  define<Given extends z.ZodObject, Answer extends z.ZodType>(activity: Activity<Given, Answer>): AnyActivity;
}

// biome-ignore lint/suspicious/noExplicitAny: each has shapes of its own, and they are checked at every call
export type AnyActivity = Activity<any, any>;

export type ActivityFile = (tools: ActivityTools) => AnyActivity;

const TOOLS: ActivityTools = { z, define: (activity) => activity };

/** Less than half of a lease: another worker must not find it over while it runs (P4). */
export const MAX_TIMEOUT_MS = 20_000;
export const TIMEOUT_MS = 10_000;

const definition = z.object({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, { error: 'small letters, digits and dashes' }),
  description: z.string().min(1).max(300),
  with: z.instanceof(z.ZodObject, { error: 'z.object({ … })' }),
  answer: z.instanceof(z.ZodType, { error: 'a shape, as z.object({ … })' }),
  repeatable: z.boolean({
    error: 'true where asking twice does no harm, or the service knows `idempotencyKey`; else false',
  }),
  example: z.record(z.string(), z.json()),
  timeoutMs: z.int().min(1).max(MAX_TIMEOUT_MS).optional(),
  run: z.custom((value) => typeof value === 'function', { error: 'a function' }),
});

/**
 * The activity of a file.
 *
 * @param name of the file, without its ending: the activity's own
 * @param exported what the file exports as `activity`
 * @throws Error in words for whoever wrote the file
 */
export function activityOf(name: string, exported: unknown): AnyActivity {
  if (typeof exported !== 'function') {
    throw new Error('it exports no `activity`: write export const activity = ({ z, define }) => define({ … })');
  }
  const made: unknown = (exported as ActivityFile)(TOOLS);
  const checked = definition.safeParse(made);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw new Error(`\`${issue!.path.join('.')}\` is not what it should be: ${issue!.message}`);
  }
  const activity = made as AnyActivity;
  if (activity.name !== name)
    throw new Error(`it is called \`${activity.name}\`, and its file \`${name}\`: give both one name`);
  for (const shape of ['with', 'answer'] as const) {
    try {
      z.toJSONSchema(activity[shape], { io: 'input' });
    } catch {
      throw new Error(`\`${shape}\` has a shape that JSON does not have, as z.date() or z.bigint()`);
    }
  }
  const example = activity.with.safeParse(activity.example);
  if (!example.success)
    throw new Error(`its \`example\` is not what \`with\` asks for: ${example.error.issues[0]!.message}`);
  return activity;
}

/** What `refuse` throws. */
export class RefusedCall extends Error {}
/** What `later` throws. */
export class PostponedCall extends Error {}
