// Makes a machine with Rust and Node ready: `node scripts/setup.mjs start|test|fuzz`. What is there
// already is left alone; what cannot be installed is named in one line.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { inRoot, toolsDir } from './lib/paths.mjs';
import { Failure, output, run, runMain } from './lib/run.mjs';
import { standardLibrary } from './lib/rust.mjs';
import { seconds, timed } from './lib/timing.mjs';
import { chromium, chromedriver } from './lib/chromium.mjs';
import './lib/tools.mjs';

const WASM = 'wasm32-unknown-unknown';
const WASM_PACK = '0.15.1';
const CARGO_FUZZ = '0.13.2';
// These programs are not hot: full optimisation would cost minutes and win nothing.
const CHEAP_BUILD = {
  CARGO_PROFILE_RELEASE_LTO: 'off',
  CARGO_PROFILE_RELEASE_OPT_LEVEL: '1',
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
  CARGO_PROFILE_RELEASE_DEBUG: '0',
  CARGO_TARGET_DIR: `${toolsDir}/target`,
};

/** The version of a package in Cargo.lock. */
function lockedVersion(name) {
  const lock = readFileSync(inRoot('Cargo.lock'), 'utf8');
  return lock.match(new RegExp(`name = "${name}"\\nversion = "([^"]+)"`))?.[1];
}

/** What an npm lock file lists, by path; nothing when there is no such file. */
function lockedPackages(file) {
  if (!existsSync(inRoot(file))) return {};
  return JSON.parse(readFileSync(inRoot(file), 'utf8')).packages;
}

function requireRust() {
  const wanted = readFileSync(inRoot('Cargo.toml'), 'utf8').match(/rust-version = "([\d.]+)"/)[1];
  const found = output('rustc', '--version')?.match(/ (\d+\.\d+)/)?.[1];
  if (!found) throw new Failure(`Install Rust ${wanted} or newer: https://rustup.rs`);
  const [major, minor] = found.split('.').map(Number);
  const [wantedMajor, wantedMinor] = wanted.split('.').map(Number);
  if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
    throw new Failure(`Rust ${found} is too old: run \`rustup update\` to get ${wanted} or newer`);
  }
}

async function apt(packages) {
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (process.getuid?.() !== 0 || !output('apt-get', '--version')) {
    const line = output('apt-get', '--version') ? `sudo ${command}` : packages.join(', ');
    throw new Failure(`Please install: ${line}`);
  }
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update'], { env, quiet: true });
  await run('apt-get', command.split(' ').slice(1), { env, quiet: true });
}

async function cargoInstall(crate, version) {
  mkdirSync(toolsDir, { recursive: true });
  const args = ['install', crate, '--version', version, '--root', toolsDir, '--force', '--quiet'];
  await run('cargo', args, { env: CHEAP_BUILD });
  rmSync(CHEAP_BUILD.CARGO_TARGET_DIR, { recursive: true, force: true });
}

const wasmTarget = {
  name: `Rust's ${WASM}`,
  ready: () => {
    const folder = output('rustc', '--print', 'target-libdir', '--target', WASM);
    return folder !== null && existsSync(folder);
  },
  install: () => {
    if (!output('rustup', '--version')) {
      throw new Failure(`Please install Rust's standard library for ${WASM} (with rustup: rustup target add ${WASM})`);
    }
    return run('rustup', ['target', 'add', WASM]);
  },
};

/** Without them the core comes out larger, and works as well. */
const rustSources = {
  name: "sources of Rust's standard library",
  optional: 'the core comes out larger without them',
  ready: () => existsSync(standardLibrary()),
  install: () => {
    if (!output('rustup', '--version')) throw new Failure('there is no rustup to get them with');
    return run('rustup', ['component', 'add', 'rust-src'], { quiet: true });
  },
};

const compiler = {
  name: 'C compiler and linker',
  ready: () => output('cc', '--version') !== null,
  install: () => apt(['build-essential']),
};

const nodeModules = {
  name: 'npm packages',
  ready: () => {
    const installed = lockedPackages('node_modules/.package-lock.json');
    return Object.entries(lockedPackages('package-lock.json')).every(
      ([path, { optional, version }]) =>
        path === '' || optional || (installed[path]?.version === version && existsSync(inRoot(path))),
    );
  },
  install: () => run('npm', ['ci', '--no-audit', '--no-fund'], { quiet: true }),
};

const wasmBindgen = {
  name: 'wasm-bindgen',
  ready: () => output('wasm-bindgen', '--version') === `wasm-bindgen ${lockedVersion('wasm-bindgen')}`,
  install: () => cargoInstall('wasm-bindgen-cli', lockedVersion('wasm-bindgen')),
};

const opensslHeaders = {
  name: 'OpenSSL headers (for wasm-pack)',
  ready: () => wasmPack.ready() || output('pkg-config', '--exists', 'openssl') !== null,
  install: () => apt(['pkg-config', 'libssl-dev']),
};

const wasmPack = {
  name: 'wasm-pack',
  ready: () => output('wasm-pack', '--version') === `wasm-pack ${WASM_PACK}`,
  install: () => cargoInstall('wasm-pack', WASM_PACK),
};

const browser = {
  name: 'Chromium and its driver',
  ready: () => chromium() !== null && chromedriver() !== null,
  install: () => apt(['chromium', 'chromium-driver']),
};

const cargoFuzz = {
  name: 'cargo-fuzz',
  ready: () => output('cargo', 'fuzz', '--version') === `cargo-fuzz ${CARGO_FUZZ}`,
  install: () => cargoInstall('cargo-fuzz', CARGO_FUZZ),
};

const FOR_START = [compiler, nodeModules, wasmTarget, rustSources, wasmBindgen];
const PARTS = { start: FOR_START, test: [...FOR_START, opensslHeaders, wasmPack, browser], fuzz: [compiler, cargoFuzz] };

/** Installs one part. Without one that is optional things go on, and a line says what that costs. */
async function install(part) {
  try {
    await part.install();
    if (!part.ready()) throw new Failure(`Please install: ${part.name}`);
  } catch (error) {
    if (!part.optional || !(error instanceof Failure)) throw error;
    console.log(`cannot install the ${part.name} (${error.message.split('\n')[0]}): ${part.optional}`);
  }
}

/** Installs what `goal` (one of `PARTS`) needs; silent and fast when all is there. */
export async function setup(goal) {
  requireRust();
  for (const part of PARTS[goal]) {
    if (part.ready()) continue;
    console.log(`installing: ${part.name} …`);
    const [, ms] = await timed(() => install(part));
    if (part.ready()) console.log(`installed:  ${part.name} (${seconds(ms)})`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runMain(async () => {
    const goal = process.argv[2] ?? 'test';
    if (!(goal in PARTS)) throw new Failure(`usage: node scripts/setup.mjs ${Object.keys(PARTS).join('|')}`);
    const [, ms] = await timed(() => setup(goal));
    console.log(`ready for npm ${goal} (checked in ${seconds(ms)})`);
  });
}
