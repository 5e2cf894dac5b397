import { test as base } from 'vitest';
import environment from './environment.js';
import node from './node.js';

let isPointed = false;

/** Points the process at a test's world; the function that comes back undoes it. Tests that run at once would meet in one world. */
function pointAlone(env) {
  if (isPointed) {
    throw new Error(
      'two tests run at once in this process, and its environment leads to one world only: run them one after the other,' +
        ' or leave the environment alone, with standinTest({ env: false }), and give the software standin.celigoUrl and standin.token',
    );
  }
  isPointed = true;
  const restore = environment.pointAt(env);
  return () => {
    restore();
    isPointed = false;
  };
}

/**
 * Vitest's `test` with the fixture `standin`: a world of the test's own, verified when it ends. There is one server for
 * each file and options: Vitest itself tells fixtures of a file apart by their names alone.
 */
export function standinTest({ server: serverOptions, env = true, ...worldOptions } = {}) {
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
      let restore;
      try {
        restore = env ? pointAlone(world.env) : undefined;
        await use(world);
        await world.verify();
      } finally {
        restore?.();
        await world.delete();
      }
    },
  });
}

export const test = standinTest();
