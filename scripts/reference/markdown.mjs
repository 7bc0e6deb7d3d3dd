/** Parts of Markdown pages, and where they come from. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const dist = new URL('../../dist/', import.meta.url);

/** A module of the built program. */
export async function fromDist(path) {
  const url = new URL(path, dist);
  if (!existsSync(fileURLToPath(url))) {
    process.stderr.write(`dist/${path} is not there: run \`npm run build\` first.\n`);
    process.exit(2);
  }
  return import(url.href);
}

export function page(title, ...parts) {
  const note = '<!-- Made by `node scripts/reference.mjs` from the code: edit the code, not this page. -->';
  return `# ${title}\n\n${note}\n\n${parts.join('\n\n')}\n`;
}

export function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

export function yaml(text) {
  return `\`\`\`yaml\n${text}\n\`\`\``;
}
