/** Slips in texts: what people bring along from other tools, and what to write here. */
import { didYouMean } from '../../diagnostics/nearest.ts';
import { HELPERS } from '../names.ts';

/** For a name that no text knows. @param roots the names that this text sees */
export function textNameMeant(original: string, roots: readonly string[]): string {
  const curly = /^[“”„«»‘’](.*?)[“”«»‘’]?$/.exec(original)?.[1];
  if (curly !== undefined) return `curly quotes are letters here: write "${curly}"`;
  if (/unsubscribe|opt_?out|preferences/i.test(original)) {
    return 'take it out: every marketing mail carries its link and the postal address below';
  }
  const [head = '', ...fields] = original.split('.');
  if (head === 'segment') return 'a text shows traits, and no segments; a trigger may be { enters: vip }';
  const isPerson = /^(?:user|customer|person|lead|profile|subscriber|recipient|client)$/i.test(head);
  if (isPerson && roots.includes('contact')) return `write {{ ${['contact', ...fields].join('.')} }}`;
  const near = didYouMean(head, roots, { most: 20 });
  if (near.startsWith('did you mean') || fields.length > 0) return near;
  const root = ['contact', 'ticket', 'deal', 'account'].find((one) => roots.includes(one));
  return root === undefined
    ? near
    : `write the record before it: {{ ${root}.${head} }}, or {{ trigger.${head} }} for what the event brought`;
}

/** For a helper that is not there. @param given its values as they are written */
export function helperMeant(name: string, given: readonly string[], helpers: readonly string[]): string {
  if (name.includes('.') && given.length > 0 && given.every((part) => /^\w+$/.test(part))) {
    return `a name has no blanks: {{ ${[name, ...given].join('_')} }}`;
  }
  return didYouMean(name, helpers);
}

/** For `{{#each contact.items as item}}`, `{{#if contact.plan eq "pro"}}`, `{{#for …}}`. */
export function blockMeant(name: string, given: readonly string[]): { message: string; hint: string } | undefined {
  const [first = 'contact.items', ...rest] = given;
  if (/^for(?:each)?$/.test(name) || (name === 'each' && rest.length > 0)) {
    const list = given.find((part) => part.includes('.')) ?? first;
    return {
      message: name === 'each' ? '`each` takes the list alone' : `there is no block \`${name}\``,
      hint: `write {{#each ${list}}} {{ this.name }} {{/each}}: each item is \`this\``,
    };
  }
  if ((name === 'if' || name === 'unless') && rest.length > 0) {
    return {
      message: 'a text compares nothing: `#if` asks whether a value is there',
      hint: 'put the condition into the step (`if:`), or give two texts by `choose`',
    };
  }
  return undefined;
}

/** What the parser stopped at, between the braces. */
export function syntaxMeant(inside: string): { message: string; hint: string; length: number } | undefined {
  const call = /^\{\{[#~]?\s*([\w.]+)\(([^)]*)\)?/.exec(inside);
  if (call !== null) {
    const value = call[2]!.trim();
    return {
      message: 'a text calls no functions: a helper stands before its value',
      hint: `write {{ ${value === '' ? 'contact.name' : value} }}; the helpers are ${Object.keys(HELPERS).sort().join(', ')}`,
      length: call[0].length,
    };
  }
  const comma = /^\{\{[#~]?\s*\w+\s+[^,}]*,/.exec(inside);
  if (comma !== null) {
    const write = `${inside.replaceAll(/\s*,\s*/g, ' ').trimEnd()} }}`;
    return { message: 'no comma stands between values', hint: `write ${write}`, length: comma[0].length };
  }
  return undefined;
}
