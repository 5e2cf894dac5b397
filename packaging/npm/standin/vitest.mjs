import { test as base } from 'vitest';
import environment from './environment.js';
import node from './node.js';

/**
 * Vitest's `test` with the fixture `standin`: a world of the test's own, verified when it ends. There is one server for
 * each file and options: Vitest itself tells fixtures of a file apart by their names alone.
 */
export function standinTest({ server: serverOptions, ...worldOptions } = {}) {
  return base.extend({
    standinServers: [
      async ({}, use) => {
        const servers = new Map();
        await use(options => {
          const key = JSON.stringify(options ?? {});
          if (!servers.has(key)) servers.set(key, node.start(options));
          return servers.get(key);
        });
        // One that did not start has failed the tests that asked for it.
        for (const { value } of await Promise.allSettled(servers.values())) await value?.stop();
      },
      { scope: 'file' },
    ],
    standinServer: async ({ standinServers }, use) => {
      await use(await standinServers(serverOptions));
    },
    standin: async ({ standinServer }, use) => {
      const world = await standinServer.world(worldOptions);
      const restore = environment.pointAt(world.env);
      try {
        await use(world);
        await world.verify();
      } finally {
        restore();
        await world.delete();
      }
    },
  });
}

export const test = standinTest();
