import { expect, it } from 'vitest';
import { batchDefaults, withBatchDefaults } from '../../events/batch-defaults.ts';
import { callShape } from '../../events/call-schema.ts';

it('the context of a batch is neither copied nor walked for each of its calls', () => {
  const defaults = batchDefaults({ context: { app: { name: 'shop' } } });
  const { call } = withBatchDefaults({ event: 'seen', userId: 'ada' }, defaults);
  expect(call.context).toBe(defaults.context);
  expect(callShape.parse(call).context).toBe(defaults.context);
  const own = withBatchDefaults({ event: 'seen', userId: 'ada', context: { locale: 'de' } }, defaults);
  expect(own.call.context).toEqual({ app: { name: 'shop' }, locale: 'de' });
});

it('a context that is none is said', () => {
  expect(callShape.safeParse({ context: [] }).error?.issues[0]?.message).toBe('An object is allowed, a list came.');
  expect(callShape.parse({ context: null }).context).toBeUndefined();
});
