/** The YAML between two lines of three dashes, with the place of every text in it. */
import { isAlias, isMap, isScalar, type Pair, parseDocument } from 'yaml';
import { z } from 'zod';
import { didYouMean } from '../diagnostics/nearest.ts';
import type { Fault } from './parse/parse.ts';

/** What editors know of it. The keys are read from here; texts are read one by one, each with its place. */
export const frontMatterShape = z.strictObject({
  subject: z.string().describe('of the mail; it may hold {{ … }}'),
  preheader: z.string().optional().describe('what mail programs show beside the subject'),
  from: z.string().optional().describe('`address` or `Name <address>`, in place of the sender of settings.yaml'),
  reply_to: z.string().optional().describe('where answers go'),
});
export type FrontMatterKey = keyof z.infer<typeof frontMatterShape>;
export const FRONT_MATTER_KEYS = Object.keys(frontMatterShape.shape) as readonly FrontMatterKey[];

/** Front matter is a few lines; nested brackets by the kilobyte would exhaust the parser. */
const MAX_YAML_CHARS = 8 * 1024;

export interface FrontMatterText {
  text: string;
  /** Of the value in the file, quotes included. */
  start: number;
  end: number;
}

export interface FrontMatter {
  texts: Partial<Record<FrontMatterKey, FrontMatterText>>;
  body: string;
  bodyStart: number;
  faults: Fault[];
}

const OPEN = /^\uFEFF?---[ \t]*(\r\n|\n|\r)/;
const CLOSE = /^---[ \t]*(\r\n|\n|\r|$)/m;

/** Splits a template file. Never throws: what is wrong is in `faults`, with offsets into the file. */
export function readFrontMatter(file: string): FrontMatter {
  const open = OPEN.exec(file);
  if (!open) return broken(file, 'the file does not begin with front matter', 0);
  const start = open[0].length;
  const close = CLOSE.exec(file.slice(start));
  if (!close)
    return broken(file, 'the front matter does not end', 0, 'write --- on a line of its own below it, before the text');
  const yaml = file.slice(start, start + close.index);
  const bodyStart = start + close.index + close[0].length;
  const read = yaml.length > MAX_YAML_CHARS ? tooLong(start, yaml) : readYaml(yaml, start);
  return { ...read, body: file.slice(bodyStart), bodyStart };
}

const BEGINNING = 'begin with ---, then `subject: …`, then ---, then the text';

function broken(body: string, message: string, start: number, hint = BEGINNING): FrontMatter {
  return { texts: {}, body, bodyStart: 0, faults: [{ code: 'CB401', message, start, end: start + 3, hint }] };
}

function tooLong(start: number, yaml: string): Pick<FrontMatter, 'texts' | 'faults'> {
  const message = `the front matter has ${yaml.length} characters, at most ${MAX_YAML_CHARS} are read`;
  return {
    texts: {},
    faults: [{ code: 'CB402', message, start, end: start + 3, hint: 'put the text below the front matter' }],
  };
}

function readYaml(yaml: string, base: number): Pick<FrontMatter, 'texts' | 'faults'> {
  const document = parseDocument(yaml, { uniqueKeys: true, keepSourceTokens: false, prettyErrors: false });
  const faults: Fault[] = document.errors.map((error) => ({
    code: 'CB402',
    message: `not YAML: ${error.message.split('\n')[0]}`,
    start: base + error.pos[0],
    end: base + error.pos[1],
    hint: 'put a text that holds {{ … }}, a colon or a # in quotes',
  }));
  const texts: FrontMatter['texts'] = {};
  const root = document.contents;
  if (isMap(root)) {
    const own: Fault[] = [];
    for (const pair of root.items) readPair(pair as Pair, { yaml, base, texts, faults: own });
    // What YAML says of a line in which a value is told to be none comes of that.
    const lineOf = ({ start }: Fault) => yaml.slice(0, start - base).split('\n').length;
    const told = new Set(own.map(lineOf));
    faults.splice(0, faults.length, ...faults.filter((fault) => !told.has(lineOf(fault))), ...own);
  } else if (faults.length === 0) {
    faults.push({
      code: 'CB402',
      message: 'the front matter is not a map',
      start: base,
      end: base + 1,
      hint: 'write `subject: …`',
    });
  }
  return { texts, faults };
}

interface Reading {
  yaml: string;
  base: number;
  texts: FrontMatter['texts'];
  faults: Fault[];
}

function inQuotes(text: string): string {
  if (text === '') return '"Hello"';
  return text.includes('"') ? `'${text.replaceAll("'", "''")}'` : `"${text}"`;
}

interface Node {
  range?: [number, number, number] | null;
}

function readPair(pair: Pair, { yaml, base, texts, faults }: Reading): void {
  const key = isScalar(pair.key) ? String(pair.key.value) : '';
  /** As the file has it, in one line. */
  const written = (node: unknown) => {
    const [start] = (node as Node | null)?.range ?? [yaml.length];
    const [line = ''] = yaml.slice(start).split('\n');
    return line.replace(/^- +/, '').trim();
  };
  const fault = (code: string, node: unknown, message: string, hint: string) => {
    const [start, end] = (node as Node | null)?.range ?? (pair.key as Node).range ?? [0, 1];
    faults.push({ code, message, start: base + start, end: base + Math.max(end, start + 1), hint });
  };
  if (!(FRONT_MATTER_KEYS as readonly string[]).includes(key)) {
    fault('CB403', pair.key, `unknown key \`${key}\``, didYouMean(key, FRONT_MATTER_KEYS));
    return;
  }
  const node = pair.value;
  if (isAlias(node) || (isScalar(node) && node.anchor !== undefined)) {
    fault('CB402', node, 'anchors and aliases are not taken', 'write the text out');
    return;
  }
  if (!isScalar(node) || node.value === null || typeof node.value === 'object') {
    fault(
      'CB402',
      node,
      `\`${key}\` is not a text`,
      `put the whole line behind the colon in quotes: ${key}: ${inQuotes(written(node))}`,
    );
    return;
  }
  if (node.comment != null && node.type === 'PLAIN') {
    fault(
      'CB411',
      node,
      `YAML cuts \`${key}\` at the #`,
      `put it in quotes: ${key}: "${node.source ?? node.value} #${node.comment}"`,
    );
    return;
  }
  const [start, end] = node.range!;
  texts[key as FrontMatterKey] = { text: String(node.source ?? node.value), start: base + start, end: base + end };
}
