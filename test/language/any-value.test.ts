/** Whatever value somebody writes at whatever place of whatever file: it is read or told, and nothing breaks. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Document, isMap, isSeq, parseDocument, stringify } from 'yaml';
import { compileWorkspace } from '../../language/compile.ts';
import { registry, shippedFiles } from './workspace.ts';

/** Values whose own keys hide what JavaScript asks of every object, and the other forms that YAML has. */
const ODD = [
  { toString: false },
  { toString: { valueOf: 1 }, valueOf: null },
  [{ toString: 0 }],
  { '': { toString: false } },
  { constructor: { prototype: 1 } },
  { hasOwnProperty: true, length: -1, then: 'x' },
  JSON.parse('{ "__proto__": { "a": 1 } }'),
  [[[]]],
  {},
  [],
  null,
  true,
  -0,
  1e308,
  '',
  ' ',
  '{{ constructor.constructor }}',
  '__proto__',
  'toString',
];

const files = await shippedFiles();
const yaml = files.filter((file) => file.path.endsWith('.yaml'));
const places = yaml.flatMap((file) => pathsIn(parseDocument(file.text)).map((path) => ({ file, path })));

function pathsIn(document: Document): unknown[][] {
  const walk = (node: unknown, path: unknown[]): unknown[][] => {
    if (isMap(node)) return [path, ...node.items.flatMap(({ key, value }) => walk(value, [...path, String(key)]))];
    if (isSeq(node)) return [path, ...node.items.flatMap((item, index) => walk(item, [...path, index]))];
    return [path];
  };
  return walk(document.contents, []).filter((path) => path.length > 0);
}

function tell(path: string, text: string): void {
  for (const { message, hint } of compileWorkspace([{ path, text }], registry).diagnostics) {
    expect(`${message}; ${hint}`).not.toMatch(/\[object Object\]|undefined is|function /);
  }
}

it('is read or told', () => {
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.constantFrom(...ODD), ({ file, path }, value) => {
      const document = parseDocument(file.text);
      document.setIn(path, document.createNode(value));
      tell(file.path, stringify(document));
    }),
    { numRuns: Number(process.env.RUNS ?? 150) },
  );
}, 60_000);

it.each([
  ['segments/deals.yaml', 'segments: { stale: constructor }'],
  ['calendars/support.yaml', 'calendar: support\nhours: { constructor: 09:00-17:00, mon: [{ toString: 1 }] }'],
  ['settings.yaml', 'caps: { marketing: { at_most: [{ toString: 0 }] } }\nconstructor: 1'],
  ['p.yaml', 'playbook: p\ntrigger: { event: x }\nagain: constructor\nsteps: [{ wait: { "": { toString: false } } }]'],
  [
    'p.yaml',
    'playbook: p\ntrigger: { event: x }\ntests: [{ it: y, events: [{ x: z, at: { toString: 1 }, a: __proto__ }] }]',
  ],
])('was once an error of the compiler: %s %s', tell);
