/** Collects diagnostics, and turns paths in a file into places in it. */
import {
  compareDiagnostics,
  type Diagnostic,
  diagnosticAt,
  type Finding,
  MAX_FAULTS_OF_A_FILE,
  positionOf,
} from '../diagnostics/diagnostics.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import type { Path } from '../syntax.ts';
import { fixInside } from '../yaml/fix-inside.ts';
import { pathKey, spanAt, type ValueSpan, type YamlFile } from '../yaml.ts';

/** Faults that one compilation lists; a folder with more has one cause for most of them. */
const MAX_DIAGNOSTICS = 1000;

/** All diagnostics of one compilation. */
export class Diagnostics {
  readonly #list: Diagnostic[] = [];
  readonly #ofFile = new Map<string, number>();
  #dropped = 0;

  add(diagnostic: Diagnostic): void {
    const { file, code } = diagnostic;
    const count = (this.#ofFile.get(file) ?? 0) + 1;
    this.#ofFile.set(file, count);
    if (count > MAX_FAULTS_OF_A_FILE) {
      if (count === MAX_FAULTS_OF_A_FILE + 1) this.#list.push(tooMany(diagnostic));
    } else if (this.#list.length < MAX_DIAGNOSTICS) this.#list.push(diagnostic);
    else if (code !== 'CB606') this.#dropped += 1;
  }

  /** In the order in which they are shown, each once. */
  sorted(): Diagnostic[] {
    const seen = new Set<string>();
    const list = this.#list.filter((d) => {
      const key = JSON.stringify(d);
      return !seen.has(key) && seen.add(key);
    });
    list.sort(compareDiagnostics);
    const last = list.at(-1);
    if (last !== undefined && this.#dropped > 0) {
      list.push({ ...last, code: 'CB606', message: `${this.#dropped} more faults are not listed` });
    }
    return list;
  }
}

/** Says, at the first one that is left out, that there are more. */
function tooMany({ hint: _, ...diagnostic }: Diagnostic): Diagnostic {
  const message = `only the first ${MAX_FAULTS_OF_A_FILE} faults of this file are listed`;
  return { ...diagnostic, severity: 'error', code: 'CB606', message };
}

/** Reports about one file, by paths in it. */
export class FileReport {
  readonly file: YamlFile;
  readonly #sink: Diagnostics;
  readonly #ofAnotherKind = new Set<string>();
  #errors = 0;

  constructor(file: YamlFile, sink: Diagnostics) {
    this.file = file;
    this.#sink = sink;
  }

  /** True when no error (warnings aside) has been reported about the file. */
  get clean(): boolean {
    return this.#errors === 0;
  }

  /** Something that the file refers to has a fault, which is told there: the file is not clean either. */
  spoil(): void {
    this.#errors += 1;
  }

  /** The line of the value at a path, from 1. */
  lineOf(path: Path): number {
    return positionOf(this.file.source, spanAt(this.file, path)?.start ?? 0).line;
  }

  /** About the value at a path; about the nearest enclosing one where there is none. */
  at(path: Path, finding: Finding): void {
    // A value of another kind than is needed is told as such once, whoever else would read it.
    if (finding.code === 'CB202' && finding.severity !== 'warning') {
      const key = pathKey(path);
      if (this.#ofAnotherKind.has(key)) return;
      this.#ofAnotherKind.add(key);
    }
    const span = spanAt(this.file, path);
    const end = firstLineEnd(this.file, span);
    const isWhole = this.file.spans.has(pathKey(path)) && end === span?.end;
    this.#add(span?.start ?? 0, end, isWhole ? finding : { ...finding, fix: undefined });
  }

  /** About the key at a path, where there is one. */
  key(path: Path, finding: Finding): void {
    const key = this.file.spans.get(pathKey(path))?.key;
    if (key === undefined) this.at(path, finding);
    else this.#add(key.start, key.end, finding);
  }

  /** About a key that is none of those that are known at its place. @param hint where more is known than that */
  unknownKey(path: Path, known: readonly string[], hint = didYouMean(String(path.at(-1)), known)): void {
    const name = String(path.at(-1));
    this.key(path, { code: 'CB201', message: `unknown key \`${name}\``, hint });
  }

  /** About a name that is none of those that are known. @param what the kind of thing: `team`, `calendar` */
  unknownName(path: Path, named: { code: string; what: string; name: string; known: readonly string[] }): void {
    const { code, what, name, known } = named;
    this.at(path, { code, message: `there is no ${what} \`${name}\``, hint: didYouMean(name, known) });
  }

  /** About `[start, end)` of the text at a path; about the whole where it is folded or has escapes. */
  inText(path: Path, start: number, end: number, finding: Finding): void {
    const textStart = this.file.spans.get(pathKey(path))?.textStart;
    if (textStart === undefined) {
      this.at(path, { ...finding, fix: undefined });
      return;
    }
    const [from, to] = [textStart + start, textStart + Math.max(end, start)];
    const fix = typeof finding.fix === 'string' ? fixInside(this.file, path, [from, to], finding.fix) : finding.fix;
    this.#add(from, to, { ...finding, fix });
  }

  #add(start: number, end: number, finding: Finding): void {
    if ((finding.severity ?? 'error') === 'error') this.#errors += 1;
    this.#sink.add(diagnosticAt(this.file.source, start, end, finding));
  }
}

/** A value of several lines is shown by its first. */
function firstLineEnd(file: YamlFile, span: ValueSpan | undefined): number {
  if (span === undefined) return 0;
  const newline = file.source.text.indexOf('\n', span.start);
  return newline === -1 ? span.end : Math.min(span.end, Math.max(newline, span.start));
}
