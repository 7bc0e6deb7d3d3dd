/** Pages about conditions, steps and aggregates: their words are in their own files. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { fromDist, page, table, yaml } from './markdown.mjs';

const root = new URL('../../', import.meta.url);

export async function conditionsPage() {
  const { conditions } = await fromDist('triggers/conditions.js');
  const parts = [];
  for (const { kind, keys, schema, example, describe } of conditions) {
    const { subject, version } = await compiled(
      kind,
      (on) => `${head(on)}again: always\n${example}\nsteps: [{ record: seen }]\n`,
    );
    const { z } = await import('zod');
    parts.push(
      `## ${kind}`,
      await saidIn(`triggers/conditions/${kind}.ts`),
      `Told by ${keys.map(code).join(', ')}. The example fires at: ${describe(version.playbook.trigger.arms[0])}.`,
      yaml(`subject: ${subject}\n${example}`),
      keysTable(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })),
    );
  }
  return page(
    'Conditions',
    'What a `trigger` may be; [the semantics](../semantics.md) say exactly when each fires (rules T0 to T18). Every arm may ' +
      'also have `key`, and inside `any` a name, `as`. `trigger: { any: [ … ] }` fires when one of its arms does (T13).',
    ...parts,
  );
}

export async function stepsPage() {
  const { steps } = await fromDist('steps/steps.js');
  const parts = [];
  for (const { kind, schema, example, effect } of steps) {
    const indented = example.replaceAll(/^/gm, '  ');
    const { subject } = await compiled(kind, (on) => `${head(on)}trigger: { event: seen }\nsteps:\n${indented}\n`);
    const { z } = await import('zod');
    parts.push(
      `## ${kind}`,
      `${await saidIn(`steps/kinds/${kind.replaceAll('_', '-')}.ts`)}${effect?.withheldFromGhosts ? ' Withheld from people held out for comparison (N4).' : ''}`,
      yaml(`subject: ${subject}\nsteps:\n${indented}`),
      keysTable(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })),
    );
  }
  const { activities } = await registryWithActivities();
  const rows = activities.map(({ name, description, example }) => [
    code(name),
    description,
    code(JSON.stringify(example)),
  ]);
  parts.push(
    '## Activities',
    'What `do` runs: those that Cuebook brings along, and each file of `activities/` beside the playbooks (S17).',
    table(['activity', 'what it does', '`with`'], rows),
  );
  return page(
    'Steps',
    'What `steps` may hold; [the semantics](../semantics.md) say exactly what each does (rules S0 to S19). In addition to the key ' +
      'that names it, every step may have `id`, `if`, `on_error` and `retry` (S18).',
    ...parts,
  );
}

export async function traitsPage() {
  const { aggregates } = await fromDist('triggers/traits/aggregate.js');
  const rows = [];
  for (const { kind, example } of aggregates) {
    const said = (await saidIn(`triggers/traits/aggregates/${kind.replaceAll('_', '-')}.ts`)).replace(/^T14 \w+: /, '');
    rows.push([code(kind), said, code(example)]);
  }
  const { TRAIT_FORMS } = await fromDist('language/compile/traits/trait-shapes.js');
  const forms = TRAIT_FORMS.map(({ kind, says, example }) => [code(kind), says, code(example)]);
  return page(
    'Computed traits',
    'Traits that are computed from a subject’s events (rule T14 of [the semantics](../semantics.md)). They are in ' +
      '`playbooks/traits/*.yaml` and are read as `contact.<name>`, `account.<name>` and the like. `over` is a ' +
      'duration such as `30d`, `calendar month`, `last 5` events, or `ever`, which it is when nothing is said.',
    yaml(`subject: account\ntraits:\n  ${aggregates.find(({ kind }) => kind === 'sum').example}`),
    table(['aggregate', 'gives', 'example'], rows),
    'Three more are no aggregates:',
    table(['key', 'gives', 'example'], forms),
    'With a score, a formula, tiers or an aggregate, `predicts` says what the trait predicts: one of the events ' +
      '`within` a duration wherever `when` is true at a day’s start, on the clocks of the record’s own ' +
      '`time_zone`, else of the settings’. The outcome is compared with it for 400 days, and shown on the overview. It is ' +
      'stored while a deployed playbook reads the trait.',
    yaml(
      'subject: contact\ntraits:\n  churn_risk:\n' +
        '    score: [{ event: ticket.created, points: 20 }, { event: login, points: -5 }]\n    half_life: 30d\n' +
        '    predicts: { event: subscription.cancelled, within: 30d, when: contact.churn_risk >= 50 }',
    ),
  );
}

/** With Cuebook's own activities, as the command line has them. */
export async function registryWithActivities() {
  const { registry } = await fromDist('evaluation/registry.js');
  const { shippedActivities } = await fromDist('activities/calls/load.js');
  return { ...registry, activities: [...(await shippedActivities()).values()] };
}

const head = (subject) => `playbook: example\nsubject: ${subject}\n`;
const code = (text) => `\`${text}\``;

/** The example among the shipped playbooks' surroundings, for the first subject in whose playbook it has no fault. */
async function compiled(kind, write) {
  const { compileWorkspace } = await fromDist('language/compile.js');
  const { loadFolder } = await fromDist('language/compile/files/load-folder.js');
  const registry = await registryWithActivities();
  const { files } = await loadFolder(fileURLToPath(new URL('playbooks', root)));
  const around = files.filter(({ path }) => path.includes('/') || path === 'settings.yaml');
  let faults = [];
  for (const subject of ['contact', 'ticket', 'account', 'deal', 'workspace']) {
    // What the example of `run` runs.
    const run = `playbook: win-back\nsubject: ${subject}\ntrigger: { run: only }\nsteps: [{ record: begun }]\n`;
    const own = [
      { path: 'example.yaml', text: write(subject) },
      { path: 'win-back.yaml', text: run },
    ];
    const result = compileWorkspace([...around, ...own], registry);
    if (result.diagnostics.length === 0) return { subject, version: result.versions[0] };
    faults = [...faults, `${subject}: ${result.diagnostics[0].message}`];
  }
  process.stderr.write(`The example of \`${kind}\` compiles for no subject:\n  ${faults.join('\n  ')}\n`);
  process.exit(1);
}

/** What a file says of itself in its first comment. */
async function saidIn(path) {
  const text = await readFile(new URL(path, root), 'utf8').catch(() => '');
  const said = /^\/\*\*\s*(?:\* )?([\s\S]*?)\s*\*\//.exec(text)?.[1];
  if (said !== undefined) return said.replaceAll(/\s*\n \* ?/g, ' ');
  process.stderr.write(`${path} does not begin with a comment that says what it is.\n`);
  process.exit(1);
}

function keysTable({ properties, required = [] }) {
  const rows = Object.entries(properties).map(([key, schema]) => [
    code(key),
    required.includes(key) ? 'yes' : '',
    shapeOf(schema),
  ]);
  return table(['key', 'required', 'takes'], rows);
}

/** A shape in words; shapes that a map or a list holds are the example's to show. */
function shapeOf(schema) {
  return [...new Set(wordsFor(schema))].join(', ');
}

function wordsFor(schema) {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choices.flatMap(wordsFor);
  if (Array.isArray(schema.type)) return schema.type.flatMap((type) => wordsFor({ ...schema, type }));
  if (schema.const !== undefined) return [code(String(schema.const))];
  if (schema.enum !== undefined) return schema.enum.map((one) => code(String(one)));
  switch (schema.type) {
    case 'array':
      return [Object.keys(schema.items ?? {}).length === 0 ? 'a list of steps' : 'a list'];
    case 'object':
      return ['a map'];
    case 'string':
      return ['a text'];
    case 'boolean':
      return ['`true`, `false`'];
    case 'number':
    case 'integer':
      return [`a ${schema.type === 'integer' ? 'whole ' : ''}number${rangeOf(schema)}`];
    default:
      return ['a value'];
  }
}

function rangeOf({ minimum, maximum }) {
  if (minimum === undefined) return '';
  return maximum === undefined || maximum > 1e9 ? ` from ${minimum}` : ` from ${minimum} to ${maximum}`;
}
