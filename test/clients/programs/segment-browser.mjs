import './page.mjs';
import { BASE_URL, liveThroughOutage, told, WRITE_KEY } from './outage.mjs';

// Imported when there is a page.
const { AnalyticsBrowser } = await import('@segment/analytics-next');
const [analytics] = await AnalyticsBrowser.load({ writeKey: WRITE_KEY, cdnURL: BASE_URL });
await analytics.identify('ada', { plan: 'pro' });
// Nothing waits for a page: it is open until it is left.
await liveThroughOutage((n) => analytics.track('called', { n }), told);
process.exit(0);
