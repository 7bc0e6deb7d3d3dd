/** Carries Handlebars expressions through MJML, which knows nothing of them: as words that mean nothing to it. */

export interface Carried {
  /** The source with every expression replaced. */
  source: string;
  /** Word → the expression in its place, and where that was. */
  expressions: Map<string, { text: string; start: number }>;
}

/** An expression with its strings, which may hold braces; or a comment. Triple braces are refused before. */
const EXPRESSION = /\{\{!--[\s\S]*?--~?\}\}|\{\{(?:"[^"]*"|'[^']*'|[^"'{}])*\}\}/g;
/** Elements that hold other elements: MJML drops every text directly in them. */
const HOLDERS: ReadonlySet<string> = new Set([
  'mj-body',
  'mj-wrapper',
  'mj-section',
  'mj-group',
  'mj-column',
  'mj-hero',
]);
const TAG = /<!--[\s\S]*?-->|<(\/?)(mj-[a-z-]+|mjml)\b((?:"[^"]*"|'[^']*'|[^"'>])*)>/g;

/** `{{#each …}}` between the elements of a column is kept by standing in `mj-raw` there. */
export function carry(mjml: string): Carried {
  let word = 'cbx';
  while (mjml.includes(word)) word += 'x';
  const holders = holderRanges(mjml);
  const expressions: Carried['expressions'] = new Map();
  const source = mjml.replace(EXPRESSION, (text, start: number) => {
    // A comment is for the template's author alone.
    if (text.startsWith('{{!')) return '';
    const name = `${word}${expressions.size}z`;
    expressions.set(name, { text, start });
    return holders(start) ? `<mj-raw>${name}</mj-raw>` : name;
  });
  return { source, expressions };
}

/** Puts the expressions back; those that MJML dropped are `lost`. */
export function putBack(html: string, carried: Carried): { html: string; lost: { text: string; start: number }[] } {
  const found = new Set<string>();
  const words = /cbx+\d+z/g;
  const restored = html.replace(words, (name) => {
    const expression = carried.expressions.get(name);
    if (!expression) return name;
    found.add(name);
    return expression.text;
  });
  const lost = [...carried.expressions].filter(([name]) => !found.has(name)).map(([, expression]) => expression);
  return { html: restored, lost };
}

/** Whether an offset is directly inside an element that only holds others. */
function holderRanges(mjml: string): (offset: number) => boolean {
  const changes: { end: number; start: number; holds: boolean }[] = [];
  const open: string[] = [];
  for (const tag of mjml.matchAll(TAG)) {
    if (tag[2] !== undefined) {
      if (tag[1] === '/') open.splice(Math.max(0, open.lastIndexOf(tag[2])));
      else if (!tag[3]!.endsWith('/')) open.push(tag[2]);
    }
    changes.push({ start: tag.index, end: tag.index + tag[0].length, holds: HOLDERS.has(open[open.length - 1] ?? '') });
  }
  return (offset) => {
    let holds = false;
    for (const change of changes) {
      if (change.start > offset) break;
      // Inside a tag itself: an attribute, or a comment.
      if (offset < change.end) return false;
      holds = change.holds;
    }
    return holds;
  };
}
