/** What Temporal's SDK says many times a second our log says in a sentence, and when a part is away, and when it is back. */
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { PartWatch, reasonOf } from '../../worker/part-watch.ts';
import { BUSY, REFUSES, sdkLog } from '../../worker/sdk-log.ts';

const ERROR = 'Status { code: Unavailable, message: "tcp connect error", source: Some(tonic::transport::Error) }';
const WORDS = { away: 'It does not answer', back: 'It answers again' };

function logged(say: (write: ReturnType<typeof sdkLog>, watch: PartWatch, pass: (ms: number) => void) => void) {
  const lines: { [name: string]: unknown }[] = [];
  const log = pino({ level: 'debug' }, { write: (line) => void lines.push(JSON.parse(line)) });
  let nowMs = 0;
  const watch = new PartWatch('temporal', WORDS, log, () => nowMs);
  say(sdkLog(log), watch, (ms) => (nowMs += ms));
  return lines;
}

describe('the log of Temporal’s SDK', () => {
  const retried = (write: ReturnType<typeof sdkLog>, error: string) => {
    for (let n = 6; n < 50; n++) {
      const meta = { target: 'temporalio_client::retry', error };
      write('WARN', `gRPC call poll_workflow_task_queue retried ${n} times`, meta);
    }
  };

  it('each call to a server that is away is detail: who watches it says that', () => {
    const lines = logged((write) => retried(write, ERROR));
    expect(lines.map(({ level }) => level)).toEqual(Array.from({ length: 44 }, () => 20));
  });

  it('a server that answers, and takes no calls, is one plain sentence', () => {
    const lines = logged((write) => retried(write, 'Status { code: ResourceExhausted, message: "rate limit", … }'));
    const shown = lines.filter(({ level }) => Number(level) >= 40);
    expect(shown).toMatchObject([{ msg: REFUSES, reason: 'ResourceExhausted: rate limit' }]);
  });

  const shownOf = (lines: { [name: string]: unknown }[]) =>
    lines
      .filter(({ level }) => Number(level) >= 40)
      .map(({ level: _, time: _t, pid: _p, hostname: _h, ...rest }) => rest);

  it('what else it warns of is one line, its details are detail', () => {
    const lines = logged((write) => write('WARN', 'Something else', { target: 'temporalio_sdk_core', stack: 'at …' }));
    expect(shownOf(lines)).toEqual([{ msg: 'Something else', from: 'temporal' }]);
    expect(lines[0]).toMatchObject({ level: 20, stack: 'at …' });
  });

  it('that tasks take long is a sentence once a minute, and what our activities tell is not told twice', () => {
    const lines = logged((write) => {
      for (let n = 0; n < 3; n++) write('WARN', `[TMPRL1104] run:${n}:1 Workflow task duration exceeded 5 seconds.`);
      write('WARN', 'Activity failed', { error: new Error('x') });
    });
    expect(shownOf(lines)).toEqual([{ msg: BUSY, silenced: 0, from: 'temporal' }]);
  });
});

describe('a part that is watched', () => {
  it('is said to be away once a minute, and once that it answers again, with how long it was away', () => {
    const lines = logged((_write, watch, pass) => {
      watch.answered();
      expect(watch.up).toBe(true);
      for (let second = 0; second < 90; second++, pass(1_000)) watch.failed('connection refused');
      expect(watch.state).toEqual({ part: 'temporal', up: false });
      watch.answered();
      watch.answered();
      expect(watch.up).toBe(true);
    });
    expect(lines.map(({ level, msg, awaySeconds, silenced }) => [level, msg, awaySeconds, silenced])).toEqual([
      [40, WORDS.away, 0, 0],
      [40, WORDS.away, 60, 59],
      [30, WORDS.back, 90, undefined],
    ]);
  });

  it('why it is away is one line, without a stack', () => {
    expect(reasonOf(Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' }))).toBe(
      'connect ECONNREFUSED 127.0.0.1:1',
    );
    expect(reasonOf(Object.assign(new Error('the lock\nwas held'), { code: '55P03' }))).toBe('55P03: the lock');
    expect(reasonOf(new Error('Failed', { cause: new Error('14 UNAVAILABLE: no connection') }))).toBe(
      'Failed: 14 UNAVAILABLE: no connection',
    );
    expect(reasonOf('gone')).toBe('gone');
  });
});
