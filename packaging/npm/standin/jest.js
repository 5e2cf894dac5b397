'use strict';

const { pointAt } = require('./environment.js');
const { start } = require('./node.js');

/**
 * Gives each test of the file a world of its own, verified when the test ends. What comes back is the world of the
 * running test. Jest's `beforeEach` and the like must be there as globals.
 */
function useStandin({ server: serverOptions, ...worldOptions } = {}) {
  let server, world, restore;
  beforeAll(async () => {
    server = await start(serverOptions);
  });
  beforeEach(async () => {
    world = await server.world(worldOptions);
    restore = pointAt(world.env);
  });
  afterEach(async () => {
    const ended = world;
    world = undefined;
    restore?.();
    try {
      await ended?.verify();
    } finally {
      await ended?.delete();
    }
  });
  afterAll(() => server?.stop());
  return new Proxy({}, {
    get(_, name) {
      if (world === undefined) throw new Error(`standin.${String(name)} is there in a test only, not before or after it`);
      const value = world[name];
      return typeof value === 'function' ? value.bind(world) : value;
    },
  });
}

module.exports = { useStandin };
