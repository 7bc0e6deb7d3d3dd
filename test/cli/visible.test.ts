/** What a terminal would obey is shown, whoever brought it: keys, names of files, values, wrong options. */
import { afterEach, expect, it } from 'vitest';
import { writeLines } from '../../cli/backtest/write-lines.ts';
import { paint, print, printLine } from '../../cli/output.ts';
import { playbooks } from '../backtest/support.ts';
import { captured, cuebook, jsonLines } from './run-command.ts';

const CLEARS = '\u001b[2J';
const { isTTY, hasColors } = process.stdout;

afterEach(() => Object.assign(process.stdout, { isTTY, hasColors }));

it('a line keeps its line ends and tabs, and nothing else that a terminal obeys', async () => {
  const { stdout } = await captured(() => print(`a${CLEARS}\u009b31m\u0007\r\u202eb\tc\nd\u007f é 🎉`));
  expect(stdout).toBe('a\\u001b[2J\\u009b31m\\u0007\\u000d\\u202eb\tc\nd\\u007f é 🎉\n');
});

it('what is one line stays one, whatever a key or an id says; colours of our own stay', async () => {
  const { stdout } = await captured(() => printLine(`  fired for ticket t1\n  ended completed\tby nobody${CLEARS}`));
  expect(stdout).toBe('  fired for ticket t1\\u000a  ended completed\\u0009by nobody\\u001b[2J\n');
});

it('a test says no more lines for an id or a key than it has', async () => {
  const folder = await playbooks({
    seen: `trigger: { event: seen, key: event.of }
steps: [{ record: x }]
tests:
  - it: is traced
    contact: { id: "ada\\n✓ all is well" }
    events:
      - { at: 2026-03-02T10:00:00Z, event: seen, of: "k1\\n✓ all is well" }
    expect: nothing`,
  });
  const { stdout } = await cuebook('test', folder, '--trace');
  expect(stdout).toContain('all is well');
  expect(stdout.split('\n').filter((line) => line.trim().startsWith('✓'))).toEqual([]);
});

it('on a terminal only colours of our own are obeyed, also in the midst of what is coloured', async () => {
  Object.assign(process.stdout, { isTTY: true, hasColors: () => true });
  const { stdout } = await captured(() => print(`${paint('red', `x${CLEARS}`, process.stdout)} ${CLEARS}`));
  expect(stdout).toBe('\u001b[31mx\\u001b[2J\u001b[39m \\u001b[2J\n');
});

it('a line of JSON says the same value', async () => {
  const said = { key: `k${CLEARS}\u009b` };
  const { stdout } = await captured(() => writeLines([JSON.stringify(said)]));
  expect(stdout).not.toMatch(/\p{Cc}(?<!\n)/u);
  expect(jsonLines(stdout)).toEqual([said]);
});

it('lint shows an escape in a name that a file holds, and in its line', async () => {
  const folder = await playbooks({ seen: `trigger: { event: "a", "wh\u009bere": "x" }\nsteps: [{ record: y }]\n` });
  const { stdout } = await cuebook('lint', folder);
  expect(stdout).toContain('unknown key `wh\\u009bere`');
  expect(stdout).not.toContain('\u009b');
});

it('wrong use is repeated without what it brought', async () => {
  const { stderr } = await cuebook('lint', `--col${CLEARS}our`);
  expect(stderr).toContain('\\u001b[2J');
  expect(stderr).not.toContain('\u001b');
});
