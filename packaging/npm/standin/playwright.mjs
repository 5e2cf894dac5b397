import { test as base } from '@playwright/test';
import node from './node.js';

/**
 * Playwright's `test` with the fixture `standin`: a world of the test's own, verified when it ends, its calls attached.
 * `test.use({ standinOptions: { … } })` says how worlds start, `standinServerOptions` how the worker's server does.
 */
export const test = base.extend({
  standinOptions: [{}, { option: true }],
  standinServerOptions: [{}, { option: true, scope: 'worker' }],
  standinServer: [
    async ({ standinServerOptions }, use) => {
      const server = await node.start(standinServerOptions);
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
  standin: async ({ standinServer, standinOptions }, use, testInfo) => {
    const world = await standinServer.world(standinOptions);
    try {
      await use(world);
      const calls = await world.calls();
      const body = calls.map(call => `${call.n} ${call.method} ${call.target} ${call.status ?? 'no answer'}`).join('\n');
      if (calls.length > 0) await testInfo.attach('standin calls', { body, contentType: 'text/plain' });
      await world.verify();
    } finally {
      await world.delete();
    }
  },
});

export { expect } from '@playwright/test';
