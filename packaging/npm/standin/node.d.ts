import type { components } from './control';

type Schemas = components['schemas'];

/** A call that a world answered, as its journal has it. */
export type Call = Schemas['Call'];
/** What a verification found. */
export type Report = Schemas['Report'];
/** A fault rule, as a scenario's `faults` have them; without an id it gets one. */
export type Fault = Schemas['Fault'];
/** Expected calls, as a scenario's `expect.calls` have them. */
export type ExpectedCall = Schemas['ExpectedCall'];
/** A record, with the fields that consumers do not see. */
export type Fields = Record<string, unknown>;
/** A whole scenario. */
export type Scenario = { scenario: 1 } & Fields;

/** How a world starts. */
export interface WorldOptions {
  /** Its name; without one, one is made up. */
  name?: string;
  /** A scenario: an object, the path of a file, or the name of a ready-made one. */
  scenario?: Scenario | string | URL;
  /** What it holds, as in a scenario's `data`. */
  data?: Fields;
  /** The seed of its ids and draws; it goes before that of the scenario. */
  seed?: number;
  /** The world it is a copy of. */
  from?: string;
  /** What it is listed, deleted and counted by. */
  label?: string;
}

/** Which server is used. */
export interface ServerOptions {
  /** A running server; default: STANDIN_URL, else one is started. */
  url?: string;
  /** The token of its control API; default: STANDIN_CONTROL_TOKEN. */
  controlToken?: string;
  /** Further arguments of `standin serve`, for one that is started. */
  args?: string[];
  /** The binary; default: STANDIN_BIN, else that of this platform's package. */
  binary?: string;
}

/** A world: its own records, clock, ids, rules and journal. */
export interface World {
  readonly name: string;
  /** Its origin, with its prefix. */
  readonly url: string;
  /** The token that every API takes in this world, and that chooses it at the server's plain URL. */
  readonly token: string;
  /** The variables that point a consumer at this world. */
  readonly env: Record<string, string>;
  /** The base URL of Celigo's API, to put where a consumer has `https://api.integrator.io/v1`. */
  readonly celigoUrl: string;
  /** The base URL of Edlink's API, to put where a consumer has `https://ed.link/api`. */
  readonly edlinkUrl: string;
  /** Adds fault rules. */
  fault(...rules: Fault[]): Promise<void>;
  /** Takes the rules away that were added; those of a scenario stay. */
  clearFaults(): Promise<void>;
  /** Expects calls, from now on. */
  expect(...calls: ExpectedCall[]): Promise<void>;
  /** Puts a scenario in place of all that is in the world; gives the warnings. */
  load(scenario: Scenario | string | URL): Promise<string[]>;
  /** Gives the report when all expectations are met, and throws {@link Unmet} when they are not. */
  verify(options?: { waitMs?: number }): Promise<Report>;
  /** Gives what a verification finds, once no request is in flight, or after that long. */
  report(options?: { waitMs?: number }): Promise<Report>;
  /** Resolves once that many such calls were answered; gives how many. */
  waitFor(on: string | string[], options?: { when?: Fields; times?: number; timeoutMs?: number }): Promise<number>;
  /** The calls that the journal holds, of that operation or of all. */
  calls(op?: string): Promise<Call[]>;
  /** All records of a collection. */
  records(collection: string): Promise<Fields[]>;
  /** Makes a record behind the API; what is left out is made up. */
  create(collection: string, fields?: Fields): Promise<Fields>;
  /** Changes some fields of a record behind the API (RFC 7396). */
  patch(collection: string, id: string, fields: Fields): Promise<Fields>;
  /** Removes a record behind the API, with what belongs to it. */
  remove(collection: string, id: string): Promise<void>;
  /** Moves the clock forward; gives the time. */
  advance(ms: number): Promise<string>;
  /** Keeps where the world stands, under a name. */
  snapshot(name?: string): Promise<void>;
  /** Goes back to a snapshot. */
  restore(name?: string): Promise<void>;
  /** Goes back to where the world began. */
  reset(): Promise<void>;
  /** Takes the world away. */
  delete(): Promise<void>;
  /** Asks for any other path of the world's control API. */
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
}

/** A server, started here or running already. */
export interface Server {
  /** Its origin. */
  readonly url: string;
  /** Makes a world. */
  world(options?: WorldOptions): Promise<World>;
  /** Deletes the worlds of a label. */
  deleteLabelled(label: string): Promise<Schemas['Deleted']>;
  /** Asks for any other path of the server's control API. */
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Ends the server, if it was started here. */
  stop(): Promise<void>;
}

/** Starts a server on any free port, or uses the running one of `url`. It ends with this process. */
export function start(options?: ServerOptions): Promise<Server>;

/** The binary that is started. */
export function binaryPath(): string;

/** There is no binary of standin to start. */
export class BinaryMissing extends Error {}

/** The server refused what was asked of its control API. */
export class ControlError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string;
}

/** Expectations are not met; the message is the report in the words of the command line. */
export class Unmet extends Error {
  readonly report: Report;
}
