/** References to other files: people, templates, clocks. */

import { didYouMean } from '../diagnostics/nearest.ts';
import type { RecordType } from '../model.ts';
import { STEP_ROOTS, TEMPLATE_ROOTS } from '../roots.ts';
import type { Path } from '../syntax.ts';
import { kindOf } from '../time/duration.ts';
import { lintHops } from './lint/expressions/hops.ts';
import { personMeant } from './lint/meant/person-meant.ts';
import { rootsFor, whyNot } from './names.ts';
import type { FileContext } from './scope.ts';

/** A person, a role, `team:<name>`, `channel:<name>`, or a path to one (W1). Kept as it is written. */
export function checkPerson(context: FileContext, value: unknown, path: Path): string {
  if (typeof value !== 'string' || value.trim() === '') {
    const hint = 'write kim, sales-lead, team:sales, channel:support or contact.owner';
    context.report('CB202', path, `a person is a text, not ${kindOf(value)}`, hint);
    return '';
  }
  const { faulty } = context.world;
  const { persons, teams, channels } = context.world.people;
  const [, kind, name] = /^(team|channel):(.+)$/.exec(value) ?? [];
  if (kind === 'team') {
    const known = teams.map((team) => team.id);
    if (faulty.has('team', name)) context.file.spoil();
    else if (!known.includes(name!))
      context.file.unknownName(path, { code: 'CB502', what: 'team', name: name!, known });
    return value;
  }
  if (kind === 'channel') {
    const known = Object.keys(channels);
    if (faulty.has('channel', name)) context.file.spoil();
    else if (!known.includes(name!))
      context.file.unknownName(path, { code: 'CB502', what: 'channel', name: name!, known });
    return value;
  }
  const known = [
    ...new Set(persons.flatMap((person) => [person.id, ...(person.role === undefined ? [] : [person.role])])),
  ];
  if (known.includes(value)) return value;
  if (faulty.has('person', value)) {
    context.file.spoil();
    return value;
  }
  const roots = rootsFor(context.subject, STEP_ROOTS);
  const root = value.split('.')[0]!;
  const toWhom = /^(.+)\.(?:e_?mail|mail|phone|address)$/i.exec(value)?.[1];
  if (toWhom !== undefined && (roots as string[]).includes(root)) {
    const hint = toWhom === root ? `leave it out: a message goes to the ${root} of the playbook` : `write ${toWhom}`;
    context.report('CB510', path, `\`${value}\` is an address, and nobody is known by it here`, hint);
    return value;
  }
  if (value.includes('@')) {
    const hint =
      'colleagues are named as in people/ (kim, team:sales, channel:support), and contacts by a path to them';
    context.report('CB510', path, `\`${value}\` is an address, and nobody is known by it here`, hint);
    return value;
  }
  if (/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(value) && (roots as string[]).includes(root)) {
    context.uses.reads.add(value);
    lintHops(context.file, [value], path);
    return value;
  }
  const meant = personMeant(value, context.world.people, known, roots);
  const hint =
    meant !== undefined
      ? meant
      : value.includes('.')
        ? (whyNot(root, context.subject) ?? didYouMean(root, roots))
        : teams.some((team) => team.id === value)
          ? `did you mean \`team:${value}\`?`
          : Object.hasOwn(channels, value)
            ? `did you mean \`channel:${value}\`?`
            : didYouMean(value, known);
  context.report('CB502', path, `\`${value}\` is not a person, a role or a path to one`, hint);
  return value;
}

/**
 * The template must exist, and read only what a playbook of this subject has.
 *
 * @param given names that the step hands over by `with`; undefined for a step that has none
 */
export function checkTemplate(
  context: FileContext,
  name: unknown,
  path: Path,
  given: readonly string[] | undefined,
): string {
  const { templates } = context.world;
  if (typeof name !== 'string') {
    context.report('CB202', path, `a template is named by a text, not ${kindOf(name)}`);
    return '';
  }
  const template = Object.hasOwn(templates, name) ? templates[name] : undefined;
  if (template === undefined && context.world.faulty.has('template', name)) {
    context.file.spoil();
    return name;
  }
  if (template === undefined) {
    const bare = name.replace(/^(?:playbooks\/)?templates\//, '').replace(/\.(?:mjml|html?|txt|md)$/i, '');
    const hint =
      bare !== name && Object.hasOwn(templates, bare)
        ? `write ${bare}, without its folder and its ending`
        : `${didYouMean(bare, Object.keys(templates))}; a template is a file templates/${bare}.mjml, .html or .txt`;
    context.report('CB501', path, `there is no template \`${name}\``, hint);
    return name;
  }
  context.uses.templates.add(name);
  const roots: string[] = [...rootsFor(context.subject, STEP_ROOTS), ...TEMPLATE_ROOTS, 'now'];
  const known = template.reads.filter((read) => roots.includes(read.split('.')[0]!));
  checkOverviews(context, known, path);
  for (const read of template.reads) {
    const [root, field] = read.split('.') as [string, string | undefined];
    context.uses.reads.add(read);
    if (!roots.includes(root)) {
      const message = `template \`${name}\` reads \`${read}\`, which is not known here`;
      context.report('CB302', path, message, whyNot(root, context.subject) ?? didYouMean(root, roots));
    } else if (root === 'steps' && field !== undefined && !context.frame.stepIds.includes(field)) {
      const message = `template \`${name}\` reads \`${read}\`, and no step has that id`;
      context.report('CB302', path, message, didYouMean(field, context.frame.stepIds));
    } else if (root === 'with' && field !== undefined && !given?.includes(field)) {
      const message = `template \`${name}\` reads \`${read}\`, and this step does not give it`;
      context.report('CB302', path, message, hintForGiven(field, given));
    }
  }
  return name;
}

function hintForGiven(field: string, given: readonly string[] | undefined): string | undefined {
  if (given === undefined) return 'only `send` gives values to its template';
  const gives = given.length > 0 ? `; it gives ${given.map((name) => `\`${name}\``).join(', ')}` : '';
  return `write with: { ${field}: … } next to the template${gives}`;
}

/** `standard.first_response`: a clock of a policy that counts for this playbook's subject. */
export function clockOf(context: FileContext, value: unknown, path: Path): { policy: string; clock: string } {
  const [, policyName = '', clock = ''] = /^([\w-]+)\.([\w-]+)$/.exec(typeof value === 'string' ? value : '') ?? [];
  const { policies } = context.world;
  const policy = Object.hasOwn(policies, policyName) ? policies[policyName] : undefined;
  if (policy === undefined && context.world.faulty.has('policy', policyName)) {
    context.file.spoil();
    return { policy: policyName, clock };
  }
  const known = Object.values(policies).flatMap((p) => p.clocks.map((c) => `${p.name}.${c.name}`));
  if (policy === undefined || !policy.clocks.some((c) => c.name === clock)) {
    const written = typeof value === 'string' ? value : kindOf(value);
    context.report('CB503', path, `there is no clock \`${written}\``, didYouMean(written, known));
    return { policy: policyName, clock };
  }
  if (policy.subject !== (context.subject as RecordType)) {
    const message = `\`${policyName}\` counts for a ${policy.subject}, and this playbook's subject is ${context.subject}`;
    context.report('CB507', path, message, `write subject: ${policy.subject}`);
  }
  context.uses.policies.add(policyName);
  return { policy: policyName, clock };
}

/** Reports what names no segment. @param reads of a text, or of the template that stands at the path */
export function checkOverviews(context: FileContext, reads: readonly string[], path: Path): void {
  const { segments, faulty } = context.world;
  for (const read of reads) {
    const [root, name] = read.split('.');
    if (root !== 'mine' && root !== 'all') continue;
    if (segments.some((segment) => segment.name === name)) continue;
    if (name !== undefined && faulty.has('segment', name)) {
      context.file.spoil();
      continue;
    }
    const names = segments.map((segment) => segment.name);
    const message =
      name === undefined
        ? `\`${root}\` is no value: read one of its segments`
        : `\`${root}\` has no segment \`${name}\``;
    context.report('CB509', path, message, didYouMean(name ?? '', names, { most: 10 }));
  }
}
