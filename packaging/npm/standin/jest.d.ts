import type { ServerOptions, World, WorldOptions } from './node';

/**
 * Gives each test of the file a world of its own, verified when the test ends; the environment leads to it. What comes
 * back is the world of the running test.
 */
export function useStandin(options?: WorldOptions & { server?: ServerOptions }): World;
