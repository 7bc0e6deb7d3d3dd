/** While Temporal is away its SDK says so many times a second: our log says it once a minute, in a sentence, and when it is back. */
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { PartWatch, reasonOf } from '../../worker/part-watch.ts';
import { sdkLog } from '../../worker/sdk-log.ts';

const ERROR = 'Status { code: Unavailable, message: "tcp connect error", source: Some(tonic::transport::Error) }';
const WORDS = { away: 'It does not answer', back: 'It answers again' };

function logged(say: (write: ReturnType<typeof sdkLog>, watch: PartWatch, pass: (ms: number) => void) => void) {
  const lines: { [name: string]: unknown }[] = [];
  const log = pino({ level: 'debug' }, { write: (line) => void lines.push(JSON.parse(line)) });
  let nowMs = 0;
  const watch = new PartWatch('temporal', WORDS, log, () => nowMs);
  say(sdkLog(log, watch), watch, (ms) => (nowMs += ms));
  return lines;
}

describe('the log of Temporal’s SDK', () => {
  it('an absence is one plain sentence; each call is detail', () => {
    const lines = logged((write) => {
      for (let n = 6; n < 50; n++) {
        write('WARN', `gRPC call poll_workflow_task_queue retried ${n} times`, {
          target: 'temporalio_client::retry',
          error: ERROR,
        });
      }
    });
    const shown = lines.filter(({ level }) => Number(level) >= 40);
    expect(shown).toMatchObject([{ msg: WORDS.away, reason: 'Unavailable: tcp connect error' }]);
    expect(lines.filter(({ level }) => level === 20)).toHaveLength(44);
  });

  it('what else it warns of is said as it is', () => {
    const lines = logged((write) => write('WARN', 'Something else', { target: 'temporalio_sdk_core' }));
    expect(lines).toMatchObject([{ level: 40, msg: 'Something else', from: 'temporal' }]);
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
