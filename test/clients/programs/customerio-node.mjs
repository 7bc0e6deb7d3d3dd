import { Analytics } from '@customerio/cdp-analytics-node';
import { BASE_URL, liveThroughOutage, OPTIONS, WRITE_KEY } from './outage.mjs';

const analytics = new Analytics({ writeKey: WRITE_KEY, host: BASE_URL, ...OPTIONS });
await liveThroughOutage(
  (n) => analytics.track({ userId: 'ada', event: 'called', properties: { n } }),
  () => analytics.closeAndFlush(),
);
