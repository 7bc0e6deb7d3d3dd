/** The shapes of computed traits (T14), by the key that says how one is computed. */
import { z } from 'zod';
import type { Registry } from '../../syntax.ts';

const expression = z.union([z.string(), z.number(), z.boolean()]);
const events = z.union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())]);
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const predicts = z.strictObject({ event: events, within: z.string(), when: expression });
/** A score or a ladder that is longer is a table of data and no rule. */
const MAX_ROWS = 100;

/** The aggregate's own key comes with these. `over` is read by the compiler: a number without a unit gets a better word. */
export const aggregateShape = z.strictObject({
  event: events,
  where: expression.optional(),
  over: scalar.optional(),
  of: events.optional(),
  by: expression.optional(),
  predicts: predicts.optional(),
});

export const scoreShape = z.strictObject({
  score: z
    .array(z.strictObject({ event: events, where: expression.optional(), points: expression }))
    .min(1)
    .max(MAX_ROWS),
  half_life: scalar,
  predicts: predicts.optional(),
});

export const formulaShape = z.strictObject({ formula: expression, predicts: predicts.optional() });

const tier = z.strictObject({ if: expression, is: scalar });
const lastTier = z.strictObject({ else: scalar });

export const tiersShape = z.strictObject({
  tiers: z
    .array(z.union([tier, lastTier]))
    .min(1)
    .max(MAX_ROWS),
  predicts: predicts.optional(),
});

/** The ways of computing a trait that are no aggregates, with YAML that compiles. */
export const TRAIT_FORMS = [
  {
    kind: 'score',
    says: 'Points for events, of which half are left after each half-life.',
    shape: scoreShape,
    example: 'interest: { score: [{ event: page, points: 1 }, { event: demo.requested, points: 40 }], half_life: 14d }',
  },
  {
    kind: 'formula',
    says: 'What an expression over other traits gives.',
    shape: formulaShape,
    example: 'days_to_next_purchase: { formula: contact.order_gap - days_since(contact.last_order_at) }',
  },
  {
    kind: 'tiers',
    says: 'The first of a list of values whose condition holds.',
    shape: tiersShape,
    example: 'stage: { tiers: [{ if: contact.orders >= 1, is: customer }, { else: visitor }] }',
  },
] as const;

export interface TraitForm {
  kind: string;
  shape: z.ZodType;
  example: string;
}

/** Making shapes costs more than compiling a trait. */
const formsOf = new WeakMap<Registry, readonly TraitForm[]>();

/** Every way to compute a trait, with its shape: the registry's aggregates, and score, formula, tiers. */
export function traitShapes(registry: Registry): readonly TraitForm[] {
  let forms = formsOf.get(registry);
  if (forms === undefined) {
    const aggregates = registry.aggregates.map(({ kind, needsValue, example }) => ({
      kind,
      example,
      shape: aggregateShape.extend({ [kind]: needsValue ? expression : z.literal(true) }),
    }));
    formsOf.set(registry, (forms = [...aggregates, ...TRAIT_FORMS]));
  }
  return forms;
}
