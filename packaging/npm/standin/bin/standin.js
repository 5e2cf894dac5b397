#!/usr/bin/env node
'use strict';

const { spawn } = require('node:child_process');
const { BinaryMissing, binaryPath } = require('../binary.js');

let program;
try {
  program = binaryPath();
} catch (error) {
  if (!(error instanceof BinaryMissing)) throw error;
  console.error(`error: ${error.message}`);
  process.exit(1);
}

// The binary takes every other STANDIN_ variable for a setting.
const { STANDIN_BIN: _, ...env } = process.env;
const child = spawn(program, process.argv.slice(2), { stdio: 'inherit', env });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => child.kill(signal));
}
child.on('error', error => {
  console.error(`error: ${program} cannot be run: ${error.message}`);
  process.exit(1);
});
child.on('exit', (code, signal) => {
  if (signal) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  } else {
    process.exit(code);
  }
});
