/** The pages of docs/reference, each made from the catalogue, registry or schema that the code itself works with. */
import { commandsPage } from './commands.mjs';
import { conditionsPage, registryWithActivities, stepsPage, traitsPage } from './language.mjs';
import { fromDist, page, table } from './markdown.mjs';

/** @returns {Promise<{[file: string]: string}>} */
export async function pages() {
  const [{ SCHEMA_KINDS, schemaFileOf }, { fileJsonSchema }, registry] = await Promise.all([
    fromDist('language/compile/files/file-kinds.js'),
    fromDist('language/compile/files/json-schema.js'),
    registryWithActivities(),
  ]);
  return {
    'diagnostics.md': await diagnosticsPage(),
    'conditions.md': await conditionsPage(),
    'steps.md': await stepsPage(),
    'traits.md': await traitsPage(),
    'expressions.md': await expressionsPage(),
    'environment.md': await environmentPage(),
    'commands.md': await commandsPage(),
    ...Object.fromEntries(
      SCHEMA_KINDS.map((kind) => [schemaFileOf(kind), `${JSON.stringify(fileJsonSchema(kind, registry), null, 2)}\n`]),
    ),
  };
}

async function diagnosticsPage() {
  const { LANGUAGE_CODES } = await fromDist('language/diagnostics/codes.js');
  const { TEMPLATE_CODES } = await fromDist('language/template.js');
  const codes = [...LANGUAGE_CODES, ...TEMPLATE_CODES].sort((a, b) => (a.code < b.code ? -1 : 1));
  const rows = codes.map(({ code, title, explanation }) => [`<a id="${code}"></a>\`${code}\``, title, explanation]);
  return page(
    'Diagnostics',
    'What `cuebook lint` may say. A code never changes its meaning. Each is shown with the file, the line, the column, the ' +
      'source line and, where one is known, what to write instead.',
    table(['code', 'means', 'why, and what to do'], rows),
  );
}

async function expressionsPage() {
  const { EXPRESSION_FUNCTIONS } = await fromDist('language/cel/functions.js');
  const { HELPERS } = await fromDist('language/template.js');
  const { BLOCKS } = await fromDist('language/template/names.js');
  const rows = EXPRESSION_FUNCTIONS.map(({ name, form, arity: [least, most], timed, says }) => {
    const count = least === most ? `${least}` : `${least} to ${most}`;
    return [form === 'call' ? `\`${name}(…)\`` : `\`x.${name}(…)\``, count, says, timed ? 'yes' : ''];
  });
  const helpers = Object.entries(HELPERS).map(([name, { form }]) => [`\`${name}\``, `\`${form}\``]);
  return page(
    'Expressions and texts',
    'Conditions are CEL (rules Y2 and T0 of [the semantics](../semantics.md)). Numbers are of one kind, a missing field is ' +
      'never an error, and `has(contact.stage)` asks whether a field is there.',
    '## Functions',
    table(['function', 'values', 'gives', 'changes by time alone'], rows),
    '## Texts',
    'Other texts are Handlebars. A text that is one whole `{{ … }}` keeps the value’s type. ' +
      `The blocks are ${BLOCKS.map((block) => `\`#${block}\``).join(', ')}; the helpers:`,
    table(['helper', 'written'], helpers),
  );
}

async function environmentPage() {
  const { environmentReference } = await fromDist('cli/environment.js');
  return page(
    'Environment',
    'Every variable that Cuebook reads. The environment wins over a `.env` file in the current folder; an ' +
      'empty value counts as unset. What is not set is embedded or has a default.',
    environmentReference().trim(),
  );
}
