import type { TestAPI } from 'vitest';
import type { Server, ServerOptions, World, WorldOptions } from './node.js';

/** What `test` has besides. */
export interface StandinFixtures {
  /** A world of this test's own, verified when it ends; the environment leads to it. */
  standin: World;
  /** The server of this file and these options. */
  standinServer: Server;
}

/** How the worlds of `test` start, and on which server. */
export interface StandinTestOptions extends WorldOptions {
  server?: ServerOptions;
  /** Whether the environment leads to the world; `false` for tests that run at once in one process. Default: true. */
  env?: boolean;
}

/** Vitest's `test`, whose worlds start as said. */
export function standinTest(options?: StandinTestOptions): TestAPI<StandinFixtures>;

/** Vitest's `test` with worlds that start with the default records. */
export const test: TestAPI<StandinFixtures>;
