-- Accounts: name is what one logs in with, password an argon2id hash as a PHC string.
CREATE TABLE account (
    user TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL,
    sex TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Their sessions: key is the SHA-256 of the token, created when the password was given.
CREATE TABLE account_session (
    key BLOB PRIMARY KEY,
    user TEXT NOT NULL REFERENCES account ON DELETE CASCADE,
    device TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX account_session_user ON account_session (user, created);
CREATE INDEX account_session_expires ON account_session (expires);

-- The groups that accounts run by themselves: open, whether whoever knows the id may join.
CREATE TABLE account_group (
    id TEXT PRIMARY KEY,
    open INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- manager: the member helps the owner to run the room.
ALTER TABLE member ADD COLUMN manager INTEGER NOT NULL DEFAULT 0;
