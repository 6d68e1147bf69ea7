// A server with a group, and those who are in it: Ann on two devices, Ben, Cal.
import { launch } from './browser.mjs';
import { SdkPages } from './sdk-page.mjs';
import { callApi } from './server-api.mjs';
import { Server } from './server.mjs';

/** The server's secret, for calls of the application's server. */
export const SECRET = 'a-secret-of-this-test';
/** The group's id. */
export const CREW = 'crew';

/**
 * @template T
 * @param {(world: {browser: object, server: Server, pages: SdkPages}, name: string) => Promise<T>} join signs somebody in
 * @returns {Promise<{server: Server, people: T[], close: () => Promise<void>}>}
 */
export async function assemble(join) {
  const settings = { send_rate: 0, multi_device: true, app_secret: SECRET };
  const [browser, server, pages] = await Promise.all([launch(), Server.start(settings), SdkPages.serve()]);
  const close = async () => {
    await browser.close();
    await pages.close();
    await server.stop();
  };
  try {
    const world = { browser, server, pages };
    const people = await Promise.all(['ann', 'ann', 'ben', 'cal'].map((name) => join(world, name)));
    await callApi(server, SECRET, '/group/create.json', { userId: ['ann', 'ben', 'cal'], groupId: CREW, groupName: '船员' });
    return { server, people, close };
  } catch (error) {
    await close();
    throw error;
  }
}
