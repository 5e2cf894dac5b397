import { test as base } from 'vitest';
import environment from './environment.js';
import node from './node.js';

/**
 * Vitest's `test` with the fixture `standin`: a world of the test's own, verified when it ends. The server is there once
 * for each file.
 */
export function standinTest({ server: serverOptions, ...worldOptions } = {}) {
  return base.extend({
    standinServer: [
      async ({}, use) => {
        const server = await node.start(serverOptions);
        await use(server);
        await server.stop();
      },
      { scope: 'file' },
    ],
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
