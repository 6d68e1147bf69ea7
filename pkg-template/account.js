/** Accounts: `hongyan/account`. Loaded by pages whose users log in through it, and by nobody else. */
import { BareAccount } from './account/account.js';
import { AccountError } from './account/errors.js';
import { Groups } from './account/groups.js';

export class Account extends BareAccount {
  /** Kept when names are made short. */
  static name = 'Account';
  static failure = (code, origin, detail, cause) => new AccountError(code, origin, detail, cause);

  groups = new Groups((name, body) => this.ask(name, body));

  async sessions() {
    return (await this.ask('sessions')).sessions;
  }

  async endSession(id) {
    await this.ask('sessions/revoke', { id });
  }

  async endOtherSessions() {
    await this.ask('sessions/revoke', { others: true });
  }
}
