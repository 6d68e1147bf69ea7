// `npm run soak -- …`, `npm run chaos -- …`: a real server, headless clients and a network that does
// its worst, and in the end the judge (docs/soak.md). The flags are those of the program.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setup } from './setup.mjs';
import { serverBinary, targetDir } from './lib/paths.mjs';
import { Failure, run, runMain } from './lib/run.mjs';
import './lib/tools.mjs';

await runMain(async () => {
  const [mode, ...flags] = process.argv.slice(2);
  await setup('test');
  // One by one: built together, each would get the other's features.
  for (const name of ['hongyan-server', 'hongyan-soak']) {
    await run('cargo', ['build', '--package', name, '--profile', 'server', '--quiet']);
  }
  const program = join(targetDir, 'server', 'hongyan-soak');
  const child = spawn(program, ['--mode', mode, '--server', serverBinary, ...flags], { stdio: 'inherit' });
  const [code, signal] = await once(child, 'close');
  if (code !== 0) throw new Failure(`${mode} ended with ${signal ?? `code ${code}`}`);
});
