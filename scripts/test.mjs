/**
 * `npm test`: style, types, generated pages, the shipped playbooks' own tests, and every test. Everything is tried, and the
 * last line says `N passed, N failed`. Arguments go to vitest, which then alone is run: `npm test -- test/time`. Where `CI` is set
 * the tests that need little more than Node run on its newest release as well.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const args = process.argv.slice(2);
const tally = { passed: 0, failed: 0 };
/** What failed, in words: it is said once more at the end, where a log that was cut still shows it. */
const failures = [];
const MAX_FAILURES_REPEATED = 20;
const MAX_LINES_OF_A_FAILURE = 12;
const NEWEST_NODE = '26';

/** Runs a Node script of ours or of a package. */
const run = (script, ...parameters) => runProgram(process.execPath, script, ...parameters);

/** The output is shown as it comes. */
function runProgram(program, ...parameters) {
  const { status, error } = spawnSync(program, parameters, { cwd: root, stdio: 'inherit' });
  if (error !== undefined) process.stderr.write(`${program}: ${error.message}\n`);
  return status === 0;
}

const check = (name, script, ...parameters) => checkProgram(name, process.execPath, script, ...parameters);

function checkProgram(name, program, ...parameters) {
  process.stdout.write(`\n> ${name}\n`);
  const passed = runProgram(program, ...parameters);
  tally[passed ? 'passed' : 'failed'] += 1;
  if (passed) return;
  failures.push(name);
  process.stdout.write(`✗ ${name}\n`);
}

/** Vitest's numbers come from its report. What the report does not blame on a test counts as one failure. */
function vitest() {
  const folder = mkdtempSync(join(tmpdir(), 'cuebook-report-'));
  const report = join(folder, 'report.json');
  try {
    process.stdout.write('\n> vitest\n');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const passed = run('node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args);
    const numbers = numbersOf(report);
    tally.passed += numbers.passed;
    failures.push(...numbers.failures);
    if (numbers.failed === 0 && !passed) failures.push('vitest, outside of every test: see above');
    tally.failed += numbers.failed === 0 && !passed ? 1 : numbers.failed;
    if (numbers.skipped > 0) process.stdout.write(`${numbers.skipped} skipped\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function numbersOf(report) {
  let text;
  try {
    text = readFileSync(report, 'utf8');
  } catch {
    process.stderr.write('vitest ended without a report; see above.\n');
    return { passed: 0, failed: 0, skipped: 0, failures: [] };
  }
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(text);
  const unread = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  return {
    passed: numPassedTests,
    failed: numFailedTests + unread.length,
    skipped: numPendingTests,
    failures: [
      ...unread.map(({ name, message }) => described(name, 'could not be read', message)),
      ...testResults.flatMap(({ name, assertionResults }) =>
        assertionResults
          .filter(({ status }) => status === 'failed')
          .map(({ fullName, failureMessages }) => described(name, fullName, failureMessages.join('\n'))),
      ),
    ],
  };
}

/** One failure: its file, its name, and the first lines of its reason, without the test runner's own. */
function described(file, name, reason) {
  const ours = reason
    .trim()
    .split('\n')
    .filter((line) => !line.includes('node_modules'));
  const lines = ours.slice(0, MAX_LINES_OF_A_FAILURE);
  return [`${relative(root, file)}: ${name}`, ...lines.map((line) => `    ${line}`)].join('\n');
}

function repeatFailures() {
  if (failures.length === 0) return;
  process.stdout.write('\nWhat failed:\n');
  for (const failure of failures.slice(0, MAX_FAILURES_REPEATED)) process.stdout.write(`✗ ${failure}\n`);
  const more = failures.length - MAX_FAILURES_REPEATED;
  if (more > 0) process.stdout.write(`and ${more} more, above\n`);
}

process.stdout.write(`Node ${process.versions.node}, ${process.platform} ${process.arch}\n`);
if (args.length === 0) check('style', 'node_modules/@biomejs/biome/bin/biome', 'check', '.');
if (args.length === 0) check('types', 'node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json');
if (args.length === 0) check('types of the web app', 'node_modules/typescript/bin/tsc', '--noEmit', '-p', 'web');
check('the build', 'scripts/build.mjs');
if (args.length === 0) {
  check('docs/reference is what the code says', 'scripts/reference.mjs', '--check');
  check('playbooks have no fault', 'dist/cli/main.js', 'lint', 'playbooks');
  check('playbooks pass their own tests', 'dist/cli/main.js', 'test', 'playbooks');
}
vitest();
if (args.length === 0 && process.env.CI) {
  const newest = ['--yes', '--package', `node@${NEWEST_NODE}`, 'node'];
  // It comes from the registry: where that is not to be had, nothing is wrong with what is tested.
  if (runProgram('npx', ...newest, '--version')) {
    checkProgram(`the quick half on Node ${NEWEST_NODE}`, 'npx', ...newest, 'scripts/test.mjs', '--project', 'quick');
  } else process.stdout.write(`Node ${NEWEST_NODE} could not be installed: nothing ran on it\n`);
}
repeatFailures();
process.exitCode = tally.failed === 0 ? 0 : 1;
process.stdout.write(`\n${tally.passed} passed, ${tally.failed} failed\n`);
