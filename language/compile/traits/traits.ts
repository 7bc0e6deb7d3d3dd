/** Computed traits (T14): each is recognised by the one key that says how it is computed. */
import type { z } from 'zod';
import { didYouMean } from '../../diagnostics/nearest.ts';
import type { ComputedTrait, RecordType, TraitPattern, TraitPrediction } from '../../model.ts';
import { relatedList } from '../../records/relations.ts';
import type { Path } from '../../syntax.ts';
import type { YamlFile } from '../../yaml.ts';
import { Context } from '../context.ts';
import type { FileReport } from '../report.ts';
import type { FileContext, WorkspaceContext } from '../scope.ts';
import { checkShape } from '../shape.ts';
import { traitsShape } from '../shapes.ts';
import { durationAt } from '../values.ts';
import { reportCircles } from './trait-circles.ts';
import {
  type aggregateShape,
  type formulaShape,
  type scoreShape,
  type tiersShape,
  traitShapes,
} from './trait-shapes.ts';
import { traitWindowAt } from './trait-window.ts';

/** Adds the traits of one file to `world.traits`. */
export function compileTraits({ file, report }: { file: YamlFile; report: FileReport }, world: WorkspaceContext): void {
  const shaped = checkShape(file.value, traitsShape, [], report);
  if (shaped === undefined) return;
  const subject = shaped.subject ?? 'contact';
  const context = new Context({ subject, stepIds: [] }, world, report);
  const added: ComputedTrait[] = [];
  for (const [name, written] of Object.entries(shaped.traits)) {
    const path = ['traits', name];
    if (world.traits.some((trait) => trait.subject === subject && trait.name === name)) {
      report.key(path, { code: 'CB208', message: `a trait \`${subject}.${name}\` is described already` });
      continue;
    }
    if (relatedList(subject, name)) {
      const message = `\`${subject}.${name}\` is the list of the ${subject}'s ${name}`;
      report.key(path, { code: 'CB208', message, hint: 'give the trait another name' });
      continue;
    }
    const trait = compileTrait(context, { subject, name }, written, path);
    if (trait === undefined) continue;
    world.traits.push(trait);
    added.push(trait);
  }
  reportCircles(report, added, world.traits);
}

function compileTrait(
  context: FileContext,
  named: { subject: RecordType; name: string },
  written: { [key: string]: unknown },
  path: Path,
): ComputedTrait | undefined {
  const form = formOf(context, written, path);
  if (form === undefined) return undefined;
  const { kind } = form;
  const shaped = checkShape(written, form.shape, path, context.file);
  if (shaped === undefined) return undefined;
  const { predicts } = shaped as { predicts?: z.infer<typeof formulaShape>['predicts'] };
  const prediction = predicts && predictionOf(context, predicts, [...path, 'predicts']);
  return {
    ...named,
    kind,
    ...partsOf(context, kind, shaped, path),
    ...(prediction && { predicts: prediction }),
  };
}

/** The one way of computing that the keys name. */
function formOf(context: FileContext, written: { [key: string]: unknown }, path: Path) {
  const forms = traitShapes(context.world.registry);
  const kinds = forms.map((form) => form.kind);
  const keys = Object.keys(written);
  const [kind, ...more] = keys.filter((key) => kinds.includes(key));
  if (more.length > 0) {
    const message = `\`${kind}\` and \`${more.join('`, `')}\` are ways to compute a trait, and a trait has one`;
    context.file.key([...path, more[0]!], { code: 'CB202', message, hint: 'describe two traits' });
    return undefined;
  }
  if (kind !== undefined) return forms.find((form) => form.kind === kind);
  const beside = new Set(['event', 'where', 'over', 'of', 'by', 'half_life', 'predicts']);
  const unknown = keys.find((key) => !beside.has(key));
  if (unknown === undefined) {
    const message = 'the trait does not say what is computed';
    context.file.key(path, { code: 'CB203', message, hint: `write one of ${kinds.join(', ')}` });
  } else {
    const message = `\`${unknown}\` is not a way to compute a trait`;
    context.file.key([...path, unknown], {
      code: 'CB201',
      message,
      hint: aggregateMeant(unknown) ?? didYouMean(unknown, kinds),
    });
  }
  return undefined;
}

function aggregateMeant(key: string): string | undefined {
  if (/^(?:avg|average|mean)$/.test(key))
    return 'an average is a formula of two traits: { formula: contact.total / contact.visits }';
  if (key === 'min') return 'there is no minimum; allowed are count, first, last, max, sum, unique and the like';
  if (/^(?:value|expression|expr|is|cel)$/.test(key)) return 'did you mean `formula`?';
  return undefined;
}

type Parts = Omit<ComputedTrait, 'subject' | 'name' | 'kind'>;

function partsOf(context: FileContext, kind: string, shaped: unknown, path: Path): Parts {
  if (kind === 'score') return scoreOf(context, shaped as z.infer<typeof scoreShape>, path);
  if (kind === 'tiers') return tiersOf(context, shaped as z.infer<typeof tiersShape>, path);
  if (kind === 'formula') {
    const { formula } = shaped as z.infer<typeof formulaShape>;
    return { events: [], value: context.expression(formula, [...path, 'formula'], { roots: [] }) };
  }
  return aggregateParts(context, kind, shaped as z.infer<typeof aggregateShape>, path);
}

function aggregateParts(
  context: FileContext,
  kind: string,
  shaped: z.infer<typeof aggregateShape> & { [kind: string]: unknown },
  path: Path,
): Parts {
  const parts: Parts = { events: counted(context, shaped, path) };
  const syntax = context.world.registry.aggregates.find((aggregate) => aggregate.kind === kind);
  if (syntax?.needsValue) parts.value = context.expression(shaped[kind], [...path, kind], { roots: ['event'] });
  if (shaped.over !== undefined) Object.assign(parts, traitWindowAt(context.file, shaped.over, [...path, 'over']));
  const { of, by } = shaped;
  if (of === undefined && by === undefined) return parts;
  if (kind !== 'count') {
    const key = of === undefined ? 'by' : 'of';
    context.file.key([...path, key], {
      code: 'CB202',
      message: `\`${key}\` counts events that answer others, and this is \`${kind}\``,
      hint: 'write count: true',
    });
    return parts;
  }
  if (of === undefined || by === undefined) {
    const [there, missing] = of === undefined ? ['by', 'of'] : ['of', 'by'];
    const hint = 'write both: of: email.sent, by: event.message';
    context.file.key([...path, there!], { code: 'CB203', message: `\`${there}\` needs \`${missing}\``, hint });
    return parts;
  }
  for (const pattern of context.events(of, [...path, 'of'])) parts.events.push({ ...pattern, of: true });
  parts.by = context.expression(by, [...path, 'by'], { roots: ['event'] });
  return parts;
}

function scoreOf(context: FileContext, shaped: z.infer<typeof scoreShape>, path: Path): Parts {
  const events = shaped.score.flatMap((written, row): TraitPattern[] => {
    const at = [...path, 'score', row];
    const points = context.expression(written.points, [...at, 'points'], { roots: ['event'], expects: 'number' });
    return counted(context, written, at).map((pattern) => ({ ...pattern, row, points }));
  });
  const halfLifeMs = durationAt(context.file, shaped.half_life, [...path, 'half_life']);
  return { events, halfLifeMs: halfLifeMs ?? 1 };
}

function tiersOf(context: FileContext, shaped: z.infer<typeof tiersShape>, path: Path): Parts {
  const tiers: NonNullable<Parts['tiers']> = { rows: [] };
  shaped.tiers.forEach((tier, i) => {
    const at = [...path, 'tiers', i];
    if ('else' in tier) {
      tiers.otherwise = tier.else;
      if (i === shaped.tiers.length - 1) return;
      context.report(
        'CB202',
        at,
        '`else` is for everything that no row above takes, so no row may follow it',
        'put it last',
      );
    } else {
      tiers.rows.push({ if: context.expression(tier.if, [...at, 'if'], { roots: [], expects: 'bool' }), is: tier.is });
    }
  });
  return { events: [], tiers };
}

/** `event` and `where` of one map. */
function counted(
  context: FileContext,
  { event, where }: { event: unknown; where?: unknown },
  path: Path,
): TraitPattern[] {
  // A pattern is read as one; its place is the map that has `event` and `where`.
  return context.events({ event, ...(where !== undefined && { where }) }, path);
}

function predictionOf(
  context: FileContext,
  written: { event: unknown; within: string; when: unknown },
  path: Path,
): TraitPrediction {
  return {
    events: context.events(written.event, [...path, 'event']),
    withinMs: durationAt(context.file, written.within, [...path, 'within']) ?? 1,
    when: context.expression(written.when, [...path, 'when'], { roots: [], expects: 'bool' }),
  };
}
