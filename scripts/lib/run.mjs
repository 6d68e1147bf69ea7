// Runs other programs.
import { spawn, spawnSync } from 'node:child_process';
import { root } from './paths.mjs';

/** What a program prints, or null when it is not there or fails. */
export function output(command, ...args) {
  const run = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  return run.status === 0 ? run.stdout.trim() : null;
}

/** A failure that needs no stack: the program already said what is wrong, or the text does. */
export class Failure extends Error {}

/**
 * Runs a program with its output passed on, and resolves to what it printed. Rejects with a
 * {@link Failure} that carries `.output` when it cannot start or ends with another code than 0.
 * With `stalledMs`, a program that prints nothing for so long is ended with all that it started.
 */
export function run(command, args, { env = {}, quiet = false, stalledMs = 0 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own can be ended as a whole.
      detached: stalledMs > 0,
    });
    let text = '';
    const watch = stalledMs > 0 ? setTimeout(() => process.kill(-child.pid, 'SIGKILL'), stalledMs) : null;
    for (const stream of ['stdout', 'stderr']) {
      child[stream].setEncoding('utf8').on('data', (piece) => {
        text += piece;
        watch?.refresh();
        if (!quiet) process[stream].write(piece);
      });
    }
    const last = () => (quiet ? ['', ...text.trimEnd().split('\n').slice(-5)].join('\n') : '');
    const fail = (why) => reject(Object.assign(new Failure(why), { output: text }));
    child.on('error', (error) => fail(`${command}: ${error.message}`));
    child.on('close', (code, signal) => {
      clearTimeout(watch);
      if (code === 0) resolve(text);
      else fail(`${[command, ...args].join(' ')} ended with ${signal ?? `code ${code}`}${last()}`);
    });
  });
}

/** Ends the process with one line for people when `main` fails. */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Failure ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}
