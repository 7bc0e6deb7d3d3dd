import RudderAnalytics from '@rudderstack/rudder-sdk-node';
import { BASE_URL, liveThroughOutage, OPTIONS, WRITE_KEY } from './outage.mjs';

const analytics = new RudderAnalytics(WRITE_KEY, { dataPlaneUrl: BASE_URL, ...OPTIONS });
await liveThroughOutage(
  (n) => analytics.track({ userId: 'ada', event: 'called', properties: { n } }),
  () => analytics.flush(),
);
