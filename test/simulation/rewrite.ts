/** The same code written in other ways. */
import { type Code, codeOf, nodesOf, type Tree } from '../../simulate/oracle/mutants/pattern.ts';

export function withOtherLocals(code: Code): Code {
  const edits = localsIn(code.program).map(({ node, key }): Edit => {
    return { at: node.start, end: node.end, text: `${key ? `${node.name}: ` : ''}${node.name}Renamed` };
  });
  return edited(code, edits);
}

/** Reads `name.at` as `object.name.at`. */
export function withLocalsIn(code: Code, object: string): Code {
  const owners = new Set<Tree>();
  for (const node of nodesOf(code.program)) if (node.type === 'MemberExpression') owners.add(node.object as Tree);
  const edits = localsIn(code.program).filter(({ node }) => owners.has(node));
  return edited(
    code,
    edits.map(({ node }) => ({ at: node.start, end: node.start, text: `${object}.` })),
  );
}

/** Begins a line at every operand, argument and property. */
export function laidOutAnew(code: Code): Code {
  const lines = [...nodesOf(code.program)].flatMap(({ right, arguments: args, properties }) => {
    return [right, args, properties].flat().filter((node) => node !== undefined) as Tree[];
  });
  return edited(
    code,
    lines.map((node) => ({ at: node.start, end: node.start, text: '\n' })),
  );
}

interface Edit {
  at: number;
  end: number;
  text: string;
}

function edited({ text }: Code, edits: readonly Edit[]): Code {
  let result = '';
  let end = 0;
  for (const edit of [...edits].sort((a, b) => a.at - b.at)) {
    result += text.slice(end, edit.at) + edit.text;
    end = edit.end;
  }
  return codeOf(result + text.slice(end));
}

/** Every mention of a local; with `key` where it is a property's name as well, as in `{ at }`. */
function localsIn(program: Tree): { node: Tree; key: boolean }[] {
  const names = new Set<Tree>();
  const short = new Set<number>();
  const notLocal = new Set(Object.getOwnPropertyNames(globalThis));
  for (const statement of program.body as Tree[]) for (const name of declaredBy(statement)) notLocal.add(name);
  for (const node of nodesOf(program)) {
    if (/^(Import|Export)\w*Specifier$/.test(node.type)) for (const name of nodesOf(node)) names.add(name);
    const name = (node.key ?? node.property) as Tree | undefined;
    if (name && !node.computed) names.add(name);
    if (node.shorthand) short.add(node.start);
  }
  return [...nodesOf(program)]
    .filter((node) => node.type === 'Identifier' && !names.has(node) && !notLocal.has(String(node.name)))
    .map((node) => ({ node, key: short.has(node.start) }));
}

function declaredBy(statement: Tree): string[] {
  const declared = (statement.declaration as Tree | null | undefined) ?? statement;
  const all = [declared, ...((declared.declarations ?? declared.specifiers ?? []) as Tree[])];
  return all.flatMap(({ id, local }) => [id, local]).flatMap((name) => (name ? [String((name as Tree).name)] : []));
}
