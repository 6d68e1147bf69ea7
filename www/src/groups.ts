// The groups that the signed-in user is in, as the demo's server keeps them.

export interface Group {
  readonly groupId: string;
  readonly name: string;
  readonly owner: string;
  readonly members: readonly string[];
}

async function post(path: string, body: object): Promise<unknown> {
  const response = await fetch(path, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

export class Groups {
  private known = new Map<string, Group>();

  /** `onChange`: names or members may read differently now. */
  constructor(private readonly onChange: () => void) {}

  get(groupId: string): Group | undefined {
    return this.known.get(groupId);
  }

  /** Whom a text to a group means: everybody, some members (by name or id), or nobody. */
  mentions(text: string, groupId: string, who: { readonly userId: string; nameOf(userId: string): string }): object | null {
    if (/@(all|所有人)(?!\p{L})/u.test(text)) return { type: 1, userIdList: [], mentionedContent: '' };
    const isMeant = (id: string) => id !== who.userId && (text.includes(`@${id}`) || text.includes(`@${who.nameOf(id)}`));
    const userIdList = (this.get(groupId)?.members ?? []).filter(isMeant);
    return userIdList.length > 0 ? { type: 2, userIdList, mentionedContent: '' } : null;
  }

  async refresh(token: string | Promise<string>): Promise<void> {
    try {
      const { groups } = (await post('/demo/groups/list', { token: await token })) as { groups: Group[] };
      this.known = new Map(groups.map((group) => [group.groupId, group]));
      this.onChange();
    } catch (error) {
      // The names stay as they are; the chat itself does not need them.
      console.warn(error);
    }
  }

  /** Makes a group of these people and the user; resolves with its id. */
  async make(token: string, name: string, members: readonly string[]): Promise<string> {
    const { groupId } = (await post('/demo/groups', { token, name, members })) as { groupId: string };
    await this.refresh(token);
    return groupId;
  }
}
