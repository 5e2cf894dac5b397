'use strict';

const { existsSync } = require('node:fs');

class BinaryMissing extends Error {
  name = 'BinaryMissing';
}

/** The package of this machine's platform, as npm names platforms. */
function platformPackage() {
  return `standin-${process.platform}-${process.arch}`;
}

/** The binary: the one that STANDIN_BIN names, else the one of this platform's package. */
function binaryPath() {
  const named = process.env.STANDIN_BIN;
  if (named) {
    if (!existsSync(named)) {
      throw new BinaryMissing(`STANDIN_BIN names ${named}, where there is no file; correct or unset it`);
    }
    return named;
  }
  const wanted = platformPackage();
  const program = process.platform === 'win32' ? 'standin.exe' : 'standin';
  try {
    return require.resolve(`${wanted}/bin/${program}`);
  } catch {
    const known = Object.keys(require('./package.json').optionalDependencies ?? {});
    if (!known.includes(wanted)) {
      const there = known.length > 0 ? `there are ${known.join(', ')}` : 'this copy of standin names none';
      throw new BinaryMissing(
        `there is no standin for ${process.platform} ${process.arch}: ${there};` +
          ' build it with Rust (cargo install standin) and name it in STANDIN_BIN',
      );
    }
    throw new BinaryMissing(
      `the package ${wanted}, which holds standin for this platform, is not installed: optional dependencies were left` +
        ' out (--omit=optional, --no-optional), or node_modules comes from another platform; install again here,' +
        ' or name a binary in STANDIN_BIN',
    );
  }
}

/** The environment without the settings of servers: they are not for one that is started for tests. */
function cleanEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('STANDIN_')));
}

module.exports = { BinaryMissing, binaryPath, cleanEnvironment };
